import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** From `npm start` on an empty data folder to `GET /health` 200, and the memory of all its processes once idle. */
export type StartUp = { healthyMs: number; idleMb: number; npmMb: number }

const project = join(import.meta.dirname, '..', '..')
const patienceMs = 120_000
/** 10 s: what a start leaves behind has been collected by then. */
const idleMs = 10_000

/** Runs `npm start` once. */
export async function measureStartUp(): Promise<StartUp> {
  const dataDir = mkdtempSync(join(tmpdir(), 'evergreen-start-'))
  const port = await freePort()
  const started = performance.now()
  const env = { ...process.env, PORT: String(port), EVERGREEN_DATA: dataDir }
  const npm = spawn('npm', ['start'], { cwd: project, env, stdio: ['ignore', 'ignore', 'inherit'] })
  const hasEnded = new Promise<void>(resolve => {
    npm.once('close', () => resolve())
  })
  try {
    const healthyMs = await whenHealthy(`http://127.0.0.1:${port}/health`, npm, started)
    await sleep(idleMs)
    const [self = 0, all = 0] = memoryOf(npm.pid ?? 0)
    return { healthyMs, idleMb: all - self, npmMb: self }
  } finally {
    npm.kill('SIGTERM')
    await hasEnded
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** Resident memory in MB of a process, and of it and all its descendants. */
export function memoryOf(pid: number): [self: number, all: number] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map(line => line.trim().split(/\s+/).map(Number))
  const kilobytesOf = (root: number): number => {
    const own = rows.find(([id]) => id === root)?.[2] ?? 0
    return rows.reduce((sum, [id = 0, parent]) => (parent === root ? sum + kilobytesOf(id) : sum), own)
  }
  const self = rows.find(([id]) => id === pid)?.[2] ?? 0
  return [self / 1024, kilobytesOf(pid) / 1024]
}

async function whenHealthy(url: string, npm: ChildProcess, started: number): Promise<number> {
  while (performance.now() - started < patienceMs && npm.exitCode === null) {
    const response = await fetch(url).catch(() => undefined)
    if (response?.status === 200) return performance.now() - started
    await sleep(20)
  }
  throw new Error(`npm start did not answer ${url} within ${patienceMs / 1000} s (exit code ${npm.exitCode})`)
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

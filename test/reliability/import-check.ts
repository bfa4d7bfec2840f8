import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { readEndpoints } from '#infra/local/endpoints-file.ts'
import { readLines } from '#lib/transfer/exports/read-lines.ts'
import type { ImportView } from '#schemas/api/jobs.ts'
import { scratchRoot } from '../support/scratch.ts'
import { differences, truthOf } from './truth.ts'

// npm run import-check -- --rows 100000 : imports a file with bad rows into a stack that is killed (-9) on the way, and compares what came of it with the truth.

const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    bad: { type: 'string', default: '0.05' },
    kills: { type: 'string', default: '2' },
    seed: { type: 'string', default: '20261122' },
    'on-duplicate': { type: 'string', default: 'create' },
    port: { type: 'string', default: '18399' },
  },
})
const dataDir = mkdtempSync(join(scratchRoot, 'evergreen-import-check-'))
const url = `http://127.0.0.1:${flags.port}`
const rows = Number(flags.rows)
const kills = Number(flags.kills)

/** An overloaded machine says 503 and "try again": a client does. */
const mostTries = 30

let stack: ChildProcess | undefined
try {
  process.exitCode = (await check()) === 0 ? 0 : 1
} finally {
  stack?.kill('SIGTERM')
  await sleep(2_000)
  rmSync(dataDir, { recursive: true, force: true })
}

async function check(): Promise<number> {
  const truth = truthOf({ rows, badShare: Number(flags.bad), seed: Number(flags.seed), word: 'check' })
  await startStack()
  const id = await begin(truth)
  const startedAt = performance.now()
  for (let kill = 1; kill <= kills; kill++) {
    await reach(id, kill / (kills + 1))
    await killStack()
    console.log(`killed ${kill} of ${kills} after ${seconds(startedAt)} s`)
    await startStack()
  }
  const job = await reach(id, 2)
  const wrong = differences(truth, {
    names: await namesOf(),
    rejects: (await text(`/v1/imports/${id}/rejects`)).split('\r\n'),
  })
  const { counts } = job
  console.log(
    `${rows} rows, seed ${truth.seed}, ${kills} kills, ${seconds(startedAt)} s: ${job.state}, ${JSON.stringify(counts)}`,
  )
  console.log(`truth: ${truth.accepted.size} to accept, ${truth.rejected.size} to reject; ${wrong.length} wrong`)
  for (const line of wrong.slice(0, 20)) console.log(`  ${line}`)
  console.log(`the worker that imports held ${mostMemoryMb()} MB at most, looked at after each segment`)
  const isCounted = counts.created === truth.accepted.size && counts.rejected === truth.rejected.size
  return wrong.length + (isCounted ? 0 : 1)
}

async function begin({ csv, mapping }: { csv: string; mapping: object }): Promise<string> {
  const made = await api('POST', '/v1/imports', { fileName: 'check.csv' })
  const { url: place, headers } = made.upload
  const sent = await fetch(place, { method: 'PUT', headers, body: csv })
  if (!sent.ok) throw new Error(`The file could not be sent: ${sent.status}`)
  await api('POST', `/v1/imports/${made.id}/start`, { object: 'contacts', mapping, onDuplicate: flags['on-duplicate'] })
  return made.id
}

/** Waits until an import has come so far, or to its end. */
async function reach(id: string, progress: number): Promise<ImportView> {
  for (;;) {
    const job: ImportView = await api('GET', `/v1/imports/${id}`)
    if (job.endedAt !== undefined || job.progress >= progress) return job
    await sleep(200)
  }
}

async function namesOf(): Promise<string[]> {
  const { id } = await api('POST', '/v1/exports', { object: 'contacts', format: 'ndjson', fields: ['name'] })
  for (;;) {
    const { state, download } = await api('GET', `/v1/exports/${id}`)
    if (state === 'failed') throw new Error('The export failed')
    if (state === 'succeeded') {
      const { body } = await fetch(download.url)
      const names: string[] = []
      if (body) for await (const line of readLines(body)) names.push(JSON.parse(line).name)
      return names
    }
    await sleep(200)
  }
}

/** What the function says of itself at the end of each step, the most of it. */
function mostMemoryMb(): number {
  const dir = join(dataDir, 'logs')
  const logs = readdirSync(dir).filter(name => name.includes('import-segments'))
  const said = logs.flatMap(name => [...readFileSync(join(dir, name), 'utf8').matchAll(/"memoryMb":(\d+)/g)])
  return Math.max(...said.map(([, mb]) => Number(mb)))
}

async function startStack(): Promise<void> {
  stack = spawn(process.execPath, ['infra/local/start.ts'], {
    env: { ...process.env, EVERGREEN_DATA: dataDir, PORT: flags.port },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const said: string[] = []
  stack.stdout?.setEncoding('utf8').on('data', (text: string) => said.push(text))
  for (let tries = 0; tries < 600; tries++) {
    if (stack.exitCode !== null) throw new Error(`The stack does not start:\n${said.join('')}`)
    const answer = await fetch(`${url}/health`).catch(() => undefined)
    if (answer?.ok && readEndpoints(dataDir)?.pid === stack.pid) return
    await sleep(200)
  }
  throw new Error('The stack does not answer')
}

async function killStack(): Promise<void> {
  const gone = new Promise(resolve => stack?.once('exit', resolve))
  stack?.kill('SIGKILL')
  await gone
}

// biome-ignore lint/suspicious/noExplicitAny: JSON as it comes.
async function api(method: string, path: string, body?: unknown): Promise<any> {
  return JSON.parse(await text(path, method, body))
}

async function text(path: string, method = 'GET', body?: unknown): Promise<string> {
  const running = readEndpoints(dataDir)
  if (!running) throw new Error('Nothing runs')
  const { admin } = running
  const token = await fetch(`${admin.url}/token?email=admin@example.com`, {
    headers: { authorization: `Bearer ${admin.secret}` },
  })
  const headers = {
    ...{ authorization: `Bearer ${await token.text()}`, 'content-type': 'application/json' },
    'idempotency-key': randomUUID(),
  }
  const call = () => fetch(url + path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
  let answer = await call()
  for (let tries = 1; answer.status === 503 && tries < mostTries; tries++) {
    await sleep(1_000)
    answer = await call()
  }
  const said = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${said.slice(0, 500)}`)
  return said
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1)
}

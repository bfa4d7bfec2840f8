import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** The running engine process. */
export type DynamoDbProcess = { url: string; stop(): Promise<void> }

type Settings = { binary: string; directory: string; log: (line: string) => void }

/** Longest that the engine may take to answer; it needs 20 ms. */
const startTimeoutMs = 10_000

const portAttempts = 3

/** Each restart waits this much longer than the one before. */
const restartDelayMs = 100

/**
 * Runs the engine under a shell that ends it when this process goes away, however it goes: the shell's input is a pipe
 * that the kernel closes. `$0` is the binary, the engine's arguments follow. A signal ends the first `wait` at once: the
 * second one is for the engine's end, after which nobody writes to its file.
 */
const supervisor =
  'exec 3<&0; "$0" "$@" 3<&- & engine=$!; trap \'kill $engine\' TERM; ' +
  '{ read _ <&3; kill $engine; } 2>/dev/null & exec 3<&-; echo $engine; wait $engine; wait $engine'

/** Starts the engine on its data file in `directory`, starting it again on the same port should it ever end by itself. */
export async function startDynamoDbProcess(settings: Settings): Promise<DynamoDbProcess> {
  const pidFile = join(settings.directory, 'engine.pid')
  await endLeftover(pidFile, settings)
  const engine = await launchOnFreePort(settings, pidFile)
  let isStopping = false
  let restarts = 0
  const watch = () =>
    engine.child.once('exit', async () => {
      if (isStopping) return
      settings.log('the DynamoDB engine ended by itself: starting it again')
      await sleep(restartDelayMs * restarts++)
      if (isStopping) return
      engine.child = launch(settings, engine.port, pidFile)
      watch()
    })
  watch()
  return {
    url: urlOf(engine.port),
    stop: async () => {
      isStopping = true
      const hasExited = new Promise(resolve => engine.child.once('exit', resolve))
      if (engine.child.exitCode === null && engine.child.kill('SIGTERM')) await hasExited
      rmSync(pidFile, { force: true })
    },
  }
}

/** The port is free when it is looked for; another process may take it before the engine does. */
async function launchOnFreePort(settings: Settings, pidFile: string): Promise<{ port: number; child: ChildProcess }> {
  for (let attempt = 0; attempt < portAttempts; attempt++) {
    const port = await freePort()
    const child = launch(settings, port, pidFile)
    if (await isReady(urlOf(port), child)) return { port, child }
    child.kill('SIGTERM')
  }
  throw new Error(`The DynamoDB engine does not start on ${dataFile(settings.directory)} (${settings.binary})`)
}

function launch({ binary, directory }: Settings, port: number, pidFile: string): ChildProcess {
  const engineArguments = ['serve', '--port', String(port), '--db-path', dataFile(directory)]
  const child = spawn('/bin/sh', ['-c', supervisor, binary, ...engineArguments], { stdio: ['pipe', 'pipe', 'ignore'] })
  child.stdout?.once('data', (firstLine: Buffer) => writeFileSync(pidFile, firstLine.toString().trim()))
  return child
}

/** Path of the engine's SQLite file. */
export function dataFile(directory: string): string {
  return join(directory, 'dynamodb.sqlite')
}

/** Ends an engine that a killed run has left on this data file, so that the file has one writer. */
async function endLeftover(pidFile: string, { binary, directory }: Settings): Promise<void> {
  if (!existsSync(pidFile)) return
  const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10)
  const isOurs = () => {
    const command = commandOf(pid)
    return command.includes(binary) && command.includes(dataFile(directory))
  }
  if (Number.isInteger(pid) && isOurs()) process.kill(pid, 'SIGKILL')
  while (Number.isInteger(pid) && isOurs()) await sleep(10)
}

function commandOf(pid: number): string {
  const file = `/proc/${pid}/cmdline`
  if (existsSync('/proc/self/cmdline')) return existsSync(file) ? readFileSync(file, 'utf8') : ''
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } catch {
    return ''
  }
}

async function isReady(url: string, child: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + startTimeoutMs
  while (Date.now() < deadline && child.exitCode === null) {
    if ((await answers(url)) && child.exitCode === null) return true
    await sleep(10)
  }
  return false
}

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}`
}

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url)
    return true
  } catch {
    return false
  }
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

import { readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { banner } from './banner.ts'
import { lockFolder } from './lock.ts'
import { watchNpm } from './npm-parent.ts'
import { apiPort, dataFolder } from './settings.ts'
import { type LocalStack, startStack } from './stack.ts'
import { synthesizeTenant } from './synthesize.ts'

// npm start: synthesizes the tenant `local` and runs it on this machine until Ctrl-C.

const tenant = 'local'

/** Lambda's own version: functions run here on what they run on there. */
const nodeMajor = '24'

async function start(): Promise<LocalStack> {
  const { values: flags } = parseArgs({
    options: { fresh: { type: 'boolean', default: false }, verbose: { type: 'boolean', default: false } },
  })
  if (process.versions.node.split('.')[0] !== nodeMajor) {
    throw new Error(`This is Node ${process.version}, Evergreen runs on Node ${nodeMajor}: run it by npm start.`)
  }
  const startedAt = performance.now()
  const [dataDir, port] = [dataFolder(), apiPort()]
  const lock = lockFolder(dataDir)
  await checkPort(port)
  if (flags.fresh) emptyFolder(dataDir)
  console.log('Evergreen: synthesizing the stacks, bundling the functions ...')
  const assembly = await synthesizeTenant(tenant, dataDir)
  const stack = await startStack({
    assembly,
    tenant,
    dataDir,
    port,
    lock,
    log: line => console.log(line),
    ...(flags.verbose ? { logAccess: (line: string) => console.log(line) } : {}),
  })
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(banner(stack, { assembly, tenant, dataDir, seconds }))
  return stack
}

/** Removes what earlier starts have made, and nothing else that someone may keep in the folder; the lock stays, it is held. */
function emptyFolder(dataDir: string): void {
  for (const name of readdirSync(dataDir).filter(entry => ours.test(entry))) {
    rmSync(join(dataDir, name), { recursive: true, force: true })
  }
}

const ours =
  /^(cloud|cognito|dynamodb|eventbridge|kms|logs|outbox|s3|scheduler|sqs|stepfunctions|custom-resources\.json|endpoints\.json|event-sources\.db.*)$/

/** Fails before the long part of a start when the port is taken. */
function checkPort(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error: Error & { code?: string }) =>
      reject(error.code === 'EADDRINUSE' ? new Error(portTaken(port)) : error),
    )
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()))
  })
}

function portTaken(port: number): string {
  return `Port ${port} is taken by another program: PORT=${port + 1} npm start`
}

/** Stops on a signal, and when npm, which started this, is gone: killed, it could not say so. */
function stopWithParent(stop: () => void): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  const isOrphan = watchNpm()
  setInterval(() => {
    if (isOrphan()) stop()
  }, parentCheckMs).unref()
}

const parentCheckMs = 250

let running: LocalStack | undefined
let stops = 0
stopWithParent(() => {
  stops++
  // Before it runs there is nothing to end: whatever a start has written survives being killed.
  if (running === undefined || stops > 1) process.exit(stops > 1 ? 1 : 0)
  running.stop().finally(() => process.exit(0))
})
try {
  running = await start()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}

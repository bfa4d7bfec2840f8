// Runs inside a worker thread, one per function. Started from its stripped source (see worker.ts), so it imports only node's own modules.
import { openSync, writeSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'

type Setup = { file: string; handler: string; logFile: string; timeoutMs: number; context: Record<string, unknown> }
type Invocation = { id: number; requestId: string; event: unknown }
type Handler = (event: unknown, context: Record<string, unknown>) => unknown

const setup: Setup = workerData
const log = openSync(setup.logFile, 'a')

for (const stream of [process.stdout, process.stderr]) {
  Object.defineProperty(stream, 'write', { value: writeLog })
}

process.on('unhandledRejection', reason => {
  throw reason
})

const handler = await loadHandler()
if (handler) {
  parentPort?.on('message', (invocation: Invocation) => answer(handler, invocation))
  parentPort?.postMessage({ isReady: true })
}

function writeLog(chunk: string | Uint8Array): boolean {
  writeSync(log, typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
  return true
}

async function loadHandler(): Promise<Handler | undefined> {
  try {
    const module = await import(setup.file)
    const handler = module[setup.handler]
    if (typeof handler === 'function') return handler
    parentPort?.postMessage({ initError: failure(new Error(`${setup.file} exports no function "${setup.handler}"`)) })
  } catch (error) {
    console.error(error)
    parentPort?.postMessage({ initError: failure(error) })
  }
  return undefined
}

async function answer(handler: Handler, { id, requestId, event }: Invocation): Promise<void> {
  const deadlineMs = Date.now() + setup.timeoutMs
  const context = {
    ...setup.context,
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  }
  try {
    const result = await handler(event, context)
    post(id, result)
  } catch (error) {
    console.error(error)
    parentPort?.postMessage({ id, error: failure(error) })
  }
}

function post(id: number, result: unknown): void {
  try {
    parentPort?.postMessage({ id, result })
  } catch {
    // What cannot be cloned (a function, a proxy) is dropped by JSON on AWS too.
    parentPort?.postMessage({ id, result: JSON.parse(JSON.stringify(result)) })
  }
}

function failure(error: unknown): { errorType: string; errorMessage: string; trace: string[] } {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] }
  return { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') ?? [] }
}

import { existsSync, readFileSync, renameSync, statSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { quietly } from '../quietly.ts'
import type { FunctionDefinition } from './definition.ts'

/** What an invocation came to. */
export type Outcome = { ok: true; result: unknown } | { ok: false; errorType: string; errorMessage: string }

/** A started worker thread holding one function. */
export type FunctionWorker = {
  call(invocation: { requestId: string; event: unknown }): Promise<Outcome>
  terminate(): Promise<unknown>
}

type Failure = { errorType: string; errorMessage: string }
type Message = { id?: number; result?: unknown; error?: Failure; initError?: Failure; isReady?: boolean }
type Pending = { settle(outcome: Outcome): void; timer: NodeJS.Timeout }

/** 10 s: what Lambda gives a function to load. */
const maxInitMs = 10_000

/** A sixth of V8's own: ten threads then take 100 MB less, for a few more quick collections. */
const maxYoungGenerationSizeMb = 8

/** Log files start anew above this size, keeping one older file. */
const maxLogBytes = 20_000_000

/**
 * Starts a worker thread for a function. `onGone` is called once it must not get new calls: after a crash, a failed
 * import or a timed-out call (which may hold the thread for ever).
 */
export function startWorker(
  definition: FunctionDefinition,
  setup: { environment: Record<string, string>; logFile: string },
  onGone: () => void,
): FunctionWorker {
  const thread = spawnThread(definition, setup)
  let isGone = false
  const leave = () => {
    isGone = true
    onGone()
  }
  const calls = createCalls(definition, {
    onExpiry: leave,
    onEmpty: () => {
      if (isGone) void thread.terminate()
    },
  })
  const failAll = (failure: Failure) => {
    leave()
    calls.failAll(failure)
  }
  thread.on('message', ({ id, result, error, initError, isReady }: Message) => {
    if (id !== undefined) calls.settle(id, error ? { ok: false, ...error } : { ok: true, result })
    if (initError) failAll(initError)
    if (isReady) calls.startTimers()
  })
  thread.on('error', error => failAll(crashOf(error)))
  thread.on('exit', code =>
    failAll({ errorType: 'Runtime.ExitError', errorMessage: `Runtime exited with code ${code}` }),
  )
  return {
    call: ({ requestId, event }) =>
      new Promise(resolve => {
        const id = calls.nextId()
        thread.postMessage({ id, requestId, event })
        calls.add(id, resolve)
      }),
    terminate: () => thread.terminate(),
  }
}

/** The calls that a thread has not answered yet. As on AWS, loading the function does not count towards its timeout. */
function createCalls(definition: FunctionDefinition, notify: { onExpiry(): void; onEmpty(): void }) {
  const pending = new Map<number, Pending>()
  let lastId = 0
  let allowedMs = definition.timeoutMs + maxInitMs
  const settle = (id: number, outcome: Outcome) => {
    const call = pending.get(id)
    pending.delete(id)
    clearTimeout(call?.timer)
    call?.settle(outcome)
    if (pending.size === 0) notify.onEmpty()
  }
  const expire = (id: number) => {
    notify.onExpiry()
    settle(id, { ok: false, ...timeoutOf(definition) })
  }
  return {
    settle,
    nextId: () => ++lastId,
    add: (id: number, onSettled: Pending['settle']) =>
      void pending.set(id, { settle: onSettled, timer: setTimeout(expire, allowedMs, id) }),
    /** Lets the timeout of what is waiting begin now. */
    startTimers: () => {
      allowedMs = definition.timeoutMs
      for (const [id, call] of pending) {
        clearTimeout(call.timer)
        call.timer = setTimeout(expire, allowedMs, id)
      }
    },
    failAll: (failure: Failure) => {
      for (const id of [...pending.keys()]) settle(id, { ok: false, ...failure })
    },
  }
}

function spawnThread(definition: FunctionDefinition, setup: { environment: Record<string, string>; logFile: string }) {
  rotateLog(setup.logFile)
  return new Worker(runtimeUrl(), {
    env: setup.environment,
    resourceLimits: { maxOldGenerationSizeMb: definition.memoryMb, maxYoungGenerationSizeMb },
    workerData: {
      file: pathToFileURL(definition.module).href,
      handler: definition.handler,
      logFile: setup.logFile,
      timeoutMs: definition.timeoutMs,
      context: contextOf(definition),
    },
  })
}

function timeoutOf({ timeoutMs }: FunctionDefinition): Failure {
  const errorMessage = `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`
  return { errorType: 'Sandbox.Timedout', errorMessage }
}

function crashOf(error: Error & { code?: unknown }): Failure {
  if (error.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return { errorType: 'Runtime.OutOfMemory', errorMessage: error.message }
  return { errorType: error.name, errorMessage: error.message }
}

function contextOf(definition: FunctionDefinition): Record<string, unknown> {
  return {
    functionName: definition.name,
    functionVersion: '$LATEST',
    invokedFunctionArn: definition.arn,
    memoryLimitInMB: String(definition.memoryMb),
    logGroupName: `/aws/lambda/${definition.name}`,
    logStreamName: 'local',
  }
}

function rotateLog(file: string): void {
  if (existsSync(file) && statSync(file).size > maxLogBytes) renameSync(file, `${file}.1`)
}

let runtime: URL | undefined

/** The runtime without its types: a thread that strips TypeScript by itself takes 10 MB more and starts slower. */
function runtimeUrl(): URL {
  if (runtime) return runtime
  const source = readFileSync(new URL('./runtime.ts', import.meta.url), 'utf8')
  const code = `${quietly(() => stripTypeScriptTypes(source))}\n//# sourceURL=evergreen:infra/local/lambda/runtime.ts`
  runtime = new URL(`data:text/javascript,${encodeURIComponent(code)}`)
  return runtime
}

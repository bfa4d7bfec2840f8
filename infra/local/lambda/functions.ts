import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { FunctionDefinition } from './definition.ts'
import { type FunctionWorker, type Outcome, startWorker } from './worker.ts'

/** The functions of a template, ready to be invoked; a function's thread starts with its first call. */
export type Functions = {
  /** Throws for a function that the template does not have. */
  find(nameOrArn: string): FunctionDefinition
  invoke(definition: FunctionDefinition, event: unknown, requestId?: string): Promise<Outcome>
  /** Calls started plus calls ended: unchanged means that nothing has happened. */
  activity(): number
  /** Ends all threads; calls still running end with an error. */
  stop(): Promise<void>
}

/** How functions are run. */
export type FunctionOptions = {
  logDirectory: string
  /** Variables added to a function's own. */
  environment(definition: FunctionDefinition): Record<string, string>
  /** Hears of every call that failed. */
  onFailure?(definition: FunctionDefinition, outcome: Outcome & { ok: false }): void
  /** Threads without a call for this long, or up to twice as long, end. */
  idleMs?: number
}

/** 5 minutes: about when Lambda takes an unused environment away. */
const defaultIdleMs = 300_000

/** Makes functions invocable. */
export function createFunctions(definitions: readonly FunctionDefinition[], options: FunctionOptions): Functions {
  mkdirSync(options.logDirectory, { recursive: true })
  const threads = createThreads(options)
  const running = new Map<FunctionDefinition, number>()
  let activity = 0
  const invoke = async (definition: FunctionDefinition, event: unknown, requestId: string): Promise<Outcome> => {
    const inFlight = running.get(definition) ?? 0
    if (inFlight >= (definition.reservedConcurrency ?? Number.POSITIVE_INFINITY)) return throttled
    running.set(definition, inFlight + 1)
    activity++
    try {
      const outcome = await threads.of(definition).call({ requestId, event })
      if (!outcome.ok) options.onFailure?.(definition, outcome)
      return outcome
    } finally {
      activity++
      running.set(definition, (running.get(definition) ?? 1) - 1)
    }
  }
  const sweep = setInterval(
    () => threads.endUnused(definition => (running.get(definition) ?? 0) > 0),
    options.idleMs ?? defaultIdleMs,
  )
  return {
    find: nameOrArn => findFunction(definitions, nameOrArn),
    invoke: (definition, event, requestId = randomUUID()) => invoke(definition, event, requestId),
    activity: () => activity,
    stop: async () => {
      clearInterval(sweep)
      await threads.stop()
    },
  }
}

/** Keeps one thread per function: the current one, which calls go to, and those that only end what they have begun. */
function createThreads(options: FunctionOptions) {
  const current = new Map<FunctionDefinition, FunctionWorker>()
  const all = new Set<FunctionWorker>()
  const used = new Set<FunctionDefinition>()
  const start = (definition: FunctionDefinition) => {
    const environment = { ...definition.environment, ...options.environment(definition) }
    const logFile = join(options.logDirectory, `${definition.name}.log`)
    const worker = startWorker(definition, { environment, logFile }, () => {
      if (current.get(definition) === worker) current.delete(definition)
    })
    all.add(worker)
    current.set(definition, worker)
    return worker
  }
  return {
    of: (definition: FunctionDefinition) => {
      used.add(definition)
      return current.get(definition) ?? start(definition)
    },
    /** Ends the threads that were not asked for since the last time. */
    endUnused: (isBusy: (definition: FunctionDefinition) => boolean) => {
      for (const [definition, worker] of current) {
        if (!used.has(definition) && !isBusy(definition)) void worker.terminate()
      }
      used.clear()
    },
    stop: () => Promise.all([...all].map(worker => worker.terminate())),
  }
}

const throttled: Outcome = { ok: false, errorType: 'TooManyRequestsException', errorMessage: 'Rate Exceeded.' }

/** By logical id, name or ARN, or by entry file: `events/update-search` is the function whose name ends in `-update-search`. */
function findFunction(definitions: readonly FunctionDefinition[], wanted: string): FunctionDefinition {
  const found =
    definitions.find(({ logicalId, name, arn }) => [logicalId, name, arn].includes(wanted)) ??
    definitions.find(({ name }) => name.endsWith(`-${wanted.split('/').at(-1)}`))
  if (found) return found
  throw new Error(`No function "${wanted}"; there are ${definitions.map(({ name }) => name).join(', ')}`)
}

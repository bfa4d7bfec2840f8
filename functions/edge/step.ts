import type { Context as LambdaContext } from 'aws-lambda'
import * as z from 'zod'
import { type AccessLine, openAccessLine } from '#lib/access-log/access-line.ts'
import { exportRecord, stepRecord } from '#lib/access-log/step-record.ts'
import { isRefusal, unavailable } from '#lib/errors.ts'
import { createLogger, type Logger } from '#lib/runtime/logger.ts'
import { isPassing } from '#lib/runtime/outage.ts'

/** What a step gets beside its input. */
export type StepCall = {
  log: Logger
  /** The id of this invocation: in every log line, and the request id of the changes it makes. */
  requestId: string
  /** Milliseconds until Lambda ends the step. */
  remainingMs(): number
  /** Logs records that are about to leave in a file: nothing of them is written unless this resolves. */
  logExported(part: {
    exportId: string
    actorId: string
    part: number
    page: number
    ids: readonly string[]
  }): Promise<void>
}

/**
 * Error names that a definition's `Retry` and `Catch` may name:
 * `Unavailable` passes by itself, so retry; `Refused` broke a rule, so do not; anything else is a bug of ours.
 */
export type StepErrorName = 'Unavailable' | 'Refused' | 'InvalidInput' | 'Internal'

/** A step of a workflow as Lambda calls it. */
export type Step<Output> = (event: unknown, context: LambdaContext) => Promise<Output>

/**
 * Makes a workflow's step of a function: checks its input, logs once what fails, and ends it with an error whose name a
 * definition can match. A step may run again with the same input at any time, so it must be idempotent.
 */
export function step<Schema extends z.ZodType, Output>(
  inputSchema: Schema,
  run: (input: z.output<Schema>, call: StepCall) => Promise<Output>,
  openLine = openAccessLine,
): Step<Output> {
  return async (event, context) => {
    const requestId = context.awsRequestId
    const log = createLogger({ requestId, step: context.functionName })
    const input = inputSchema.safeParse(event)
    if (!input.success) throw ended('InvalidInput', input.error, log)
    const tell = openTeller({ line: openLine(), context, log, input: event })
    const call = { log, requestId, remainingMs: () => context.getRemainingTimeInMillis(), logExported: tell.exported }
    try {
      const output = await run(input.data, call)
      await tell.ended(undefined)
      log.info('The step is done', { memoryMb: memoryMb() })
      return output
    } catch (error) {
      const name = nameOf(error)
      await tell.ended(name).catch(lost => log.error('An access record is lost', { error: lost }))
      throw ended(name, error, log)
    }
  }
}

/** Logs one run of a step, once: the bus first, else the queue; when neither takes it, the step is to run again. */
function openTeller({
  line,
  context,
  log,
  input,
}: {
  line: AccessLine
  context: LambdaContext
  log: Logger
  input: unknown
}) {
  const startedAt = new Date()
  const step = context.functionName.replace(`evergreen-${line.home.tenant}-`, '')
  let isTold = false
  return {
    exported: async (part: Parameters<StepCall['logExported']>[0]): Promise<void> => {
      await line.publish(exportRecord(line.home, { ...part, startedAt: new Date() })).catch(unlogged)
    },
    ended: async (error: string | undefined): Promise<void> => {
      if (isTold) return
      const durationMs = Date.now() - startedAt.getTime()
      const facts = { requestId: context.awsRequestId, startedAt, durationMs, step, input, error }
      const record = stepRecord(line.home, facts)
      await line.publish(record).catch(async reason => {
        log.warn('An access record waits in the queue, past the bus', { eventId: record.eventID, error: reason })
        await line.spool(record).catch(unlogged)
      })
      isTold = true
    },
  }
}

function unlogged(error: unknown): never {
  throw unavailable('The access log cannot be written, and nothing is done unlogged. Retrying is safe.', error)
}

/** What Step Functions hands to the state that a `Catch` leads to: the error's name, and its text out of Lambda's JSON. */
export const stepFailure = z
  .object({ Error: z.string(), Cause: z.string().default('') })
  .transform(({ Error: name, Cause }) => ({ name, message: messageIn(Cause) }))

/** What the step's own thread holds, in MB: its heap, and buffers beside it. */
function memoryMb(): number {
  const { heapTotal, external } = process.memoryUsage()
  return Math.round((heapTotal + external) / 1_000_000)
}

function ended(name: StepErrorName, error: unknown, log: Logger): Error {
  const message = error instanceof Error ? error.message : String(error)
  if (name === 'Unavailable') log.warn('A service behind the step failed', { error })
  if (name === 'Refused') log.warn('The step refused its work', { error })
  if (name === 'InvalidInput' || name === 'Internal') log.error('The step failed', { error })
  // Lambda reports the name of what is thrown as the type that Retry and Catch look at.
  return Object.assign(new Error(message, { cause: error }), { name })
}

function nameOf(error: unknown): Exclude<StepErrorName, 'InvalidInput'> {
  if (isRefusal(error)) return 'Refused'
  if (isPassing(error)) return 'Unavailable'
  return 'Internal'
}

const lambdaCause = z.object({ errorMessage: z.string() })

function messageIn(cause: string): string {
  try {
    return lambdaCause.parse(JSON.parse(cause)).errorMessage
  } catch {
    return cause
  }
}

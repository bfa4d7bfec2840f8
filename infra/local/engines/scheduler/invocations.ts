import { deniedMessage } from '../aws-error.ts'
import type { EngineSettings } from '../engine.ts'
import type { ScheduleTarget } from './schedule-input.ts'
import type { Invocation, ScheduleStore } from './schedule-store.ts'
import { inSeconds, payloadOf } from './target-payload.ts'
import { actionOn } from './targets.ts'

/** Starts a target with a payload; a rejection is tried again, its name becomes ERROR_CODE. */
export type Start = (target: ScheduleTarget, payload: string) => Promise<void>

/** Puts a message into a queue, with text attributes. */
export type SendDeadLetter = (queueArn: string, body: string, attributes: Record<string, string>) => void

/** What runs are delivered with. */
export type Delivering = {
  start: Start
  sendDeadLetter: SendDeadLetter
  log: (line: string) => void
  /** Milliseconds between a failed attempt, the first being 1, and the next one. */
  retryDelayMs: (attempt: number) => number
}

type Failure = { code: string; message: string; isFinal: boolean }
type Ground = Delivering & { store: ScheduleStore; settings: EngineSettings }

/** Errors that AWS does not try again: time does not mend them. */
const finalErrors = new Set(['AccessDeniedException', 'ResourceNotFoundException'])

/** 64 runs under way: many thousands may be due in one minute. */
const mostAtOnce = 64

/** Delivers runs, each at least once; what cannot be delivered goes to the schedule's dead-letter queue. */
export function createInvocations(ground: Ground, isPaused: () => boolean) {
  const { store, settings } = ground
  const inFlight = new Set<Promise<void>>()
  /** Begins to deliver what is due, so many at once; one that ends makes room for the next. */
  const startDue = (): void => {
    for (const invocation of store.dueInvocations(settings.now(), mostAtOnce - inFlight.size)) {
      store.hold(invocation.id)
      const done = deliver(ground, invocation)
        .catch((error: unknown) => ground.log(`${invocation.scheduleArn}: ${error}`))
        .finally(() => {
          inFlight.delete(done)
          if (inFlight.size <= mostAtOnce / 2 && !isPaused()) startDue()
        })
      inFlight.add(done)
    }
  }
  return {
    startDue,
    /** Resolves when what was begun has ended, well or not. */
    settled: async (): Promise<void> => {
      while (inFlight.size > 0) await Promise.all(inFlight)
    },
    isIdle: () => store.countInvocations() === 0,
  }
}

async function deliver(ground: Ground, invocation: Invocation): Promise<void> {
  const { store, settings } = ground
  const { id, attempts, target, scheduledAt } = invocation
  const { MaximumEventAgeInSeconds, MaximumRetryAttempts } = target.RetryPolicy
  if (settings.now() - scheduledAt > MaximumEventAgeInSeconds * 1000) {
    return giveUp(ground, invocation, { ...lastFailure(invocation), condition: 'MaximumEventAgeInSeconds' })
  }
  const failure = await attempt(ground, invocation)
  if (failure === undefined) return void store.removeInvocation(id)
  if (failure.isFinal) return giveUp(ground, invocation, failure)
  if (attempts >= MaximumRetryAttempts) {
    return giveUp(ground, invocation, { ...failure, condition: 'MaximumRetryAttempts' })
  }
  store.postpone(settings.now() + ground.retryDelayMs(attempts + 1), `${failure.code}: ${failure.message}`, id)
}

async function attempt({ settings, start }: Ground, invocation: Invocation): Promise<Failure | undefined> {
  const { target, keyArn, scheduleArn, id, scheduledAt, attempts } = invocation
  const { Arn, RoleArn, Input } = target
  const needed = [[actionOn(Arn), Arn], ...(keyArn === null ? [] : [['kms:Decrypt', keyArn]])] as const
  const denied = needed.find(([action = '', resource = '']) => !settings.authorize(RoleArn, action, resource))
  if (denied) return asFailure('AccessDeniedException', deniedMessage(RoleArn, denied[0] ?? '', denied[1] ?? ''))
  try {
    await start(target, payloadOf(Input, { scheduleArn, executionId: id, scheduledAt, attempt: attempts + 1 }))
    return undefined
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error))
    return asFailure(name, message)
  }
}

function asFailure(code: string, message: string): Failure {
  return { code, message, isFinal: finalErrors.has(code) }
}

/** What the attempt before said, for a run whose time is up. */
function lastFailure({ error }: Invocation): Failure {
  const [, code = 'EventAgeExceeded', message = 'Nothing ran here when its time came.'] =
    /^([\w.]+): (.*)$/s.exec(error ?? '') ?? []
  return { code, message, isFinal: true }
}

function giveUp(ground: Ground, invocation: Invocation, failure: Failure & { condition?: string }): void {
  const { scheduleArn, scheduledAt, target, id, attempts } = invocation
  const { code, message, condition } = failure
  const queueArn = target.DeadLetterConfig?.Arn
  const attributes = {
    ERROR_CODE: code,
    ERROR_MESSAGE: message,
    EXECUTION_ID: id,
    ...(condition && { EXHAUSTED_RETRY_CONDITION: condition }),
    IS_PAYLOAD_TRUNCATED: 'false',
    RETRY_ATTEMPTS: String(attempts),
    SCHEDULED_TIME: inSeconds(scheduledAt),
    SCHEDULE_ARN: scheduleArn,
    TARGET_ARN: target.Arn,
  }
  ground.store.removeInvocation(id)
  ground.log(`${scheduleArn} gave up on its run of ${inSeconds(scheduledAt)}: ${code}: ${message}`)
  if (queueArn !== undefined && maySend(ground, target.RoleArn, queueArn)) {
    const run = { scheduleArn, executionId: id, scheduledAt, attempt: attempts }
    sendDeadLetter(ground, queueArn, { payload: payloadOf(target.Input, run), attributes })
  }
}

/** As on AWS: a dead letter that cannot be sent is lost. */
function sendDeadLetter(
  ground: Ground,
  queueArn: string,
  { payload, attributes }: { payload: string; attributes: Record<string, string> },
): void {
  try {
    ground.sendDeadLetter(queueArn, payload, attributes)
  } catch (error) {
    ground.log(`The dead letter is lost: ${error}`)
  }
}

function maySend({ settings, log }: Ground, roleArn: string, queueArn: string): boolean {
  if (settings.authorize(roleArn, 'sqs:SendMessage', queueArn)) return true
  log(`The dead letter is lost: ${deniedMessage(roleArn, 'sqs:SendMessage', queueArn)}`)
  return false
}

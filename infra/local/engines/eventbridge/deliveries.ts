import type { EngineSettings } from '../engine.ts'
import { type FailedDelivery, openFailedDeliveries } from './failed-deliveries.ts'
import type { Delivery } from './rules.ts'

/** Hands an event to a target; `attributes` come with a dead letter and say what went wrong. */
export type Deliver = (targetArn: string, event: unknown, attributes?: Record<string, string>) => Promise<void> | void

/** How failed deliveries are tried again: the delay doubles from the first to the longest. */
export type RetryPolicy = { attempts: number; firstDelayMs: number; longestDelayMs: number }

/** Delivers events; what fails is kept on disk and tried again. */
export type Deliveries = ReturnType<typeof openDeliveries>

/** Opens the failed deliveries kept in the engine's folder and goes on trying them. */
export function openDeliveries(settings: EngineSettings, deliver: Deliver, policy: RetryPolicy) {
  const failed = openFailedDeliveries(settings.dir)
  let inFlight = 0
  const attempt = async (targetArn: string, event: unknown, attributes?: Record<string, string>) => {
    inFlight++
    try {
      await deliver(targetArn, event, attributes)
      return undefined
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    } finally {
      inFlight--
    }
  }
  const dueAfter = (attempts: number) => settings.now() + delayMs(policy, attempts)
  const retry = async (delivery: FailedDelivery): Promise<void> => {
    const isExhausted = delivery.attempts >= policy.attempts
    if (isExhausted && delivery.deadLetterArn === null) console.error(droppedNotice(delivery))
    const error = isExhausted
      ? await attemptDeadLetter(attempt, delivery)
      : await attempt(delivery.targetArn, delivery.payload)
    if (error === undefined) failed.remove(delivery.id)
    else failed.postpone(dueAfter(delivery.attempts + 1), error, delivery.id)
  }
  const retries = startRetries({
    due: () => failed.due(settings.now()),
    nextDueAt: failed.nextDueAt,
    retry,
    now: settings.now,
  })
  return {
    /** Resolves when the target has the event, or its retry is on disk. */
    send: async (delivery: Delivery): Promise<void> => {
      const error = await attempt(delivery.targetArn, delivery.payload)
      if (error === undefined) return
      failed.add(delivery, dueAfter(1), error)
      retries.schedule()
    },
    isIdle: () => inFlight === 0 && failed.count() === 0,
    close: async () => {
      await retries.stop()
      failed.close()
    },
  }
}

type RetryLoop = {
  due: () => FailedDelivery[]
  nextDueAt: () => number | undefined
  retry: (delivery: FailedDelivery) => Promise<void>
  now: () => number
}

/** Retries what is due, one after another, and sleeps until the next is. */
function startRetries({ due, nextDueAt, retry, now }: RetryLoop) {
  let timer: NodeJS.Timeout | undefined
  let round: Promise<void> | undefined
  let isStopped = false
  const runRound = async (): Promise<void> => {
    for (const delivery of due()) {
      if (!isStopped) await retry(delivery)
    }
    round = undefined
    schedule()
  }
  const schedule = (): void => {
    if (isStopped || round !== undefined) return
    const dueAt = nextDueAt()
    clearTimeout(timer)
    if (dueAt === undefined) return
    timer = setTimeout(
      () => {
        round = runRound()
      },
      Math.max(1, dueAt - now()),
    )
  }
  schedule()
  return {
    schedule,
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await round
    },
  }
}

/** The dead-letter queue gets the event with the attributes that EventBridge adds. */
async function attemptDeadLetter(
  attempt: (targetArn: string, event: unknown, attributes: Record<string, string>) => Promise<string | undefined>,
  delivery: FailedDelivery,
): Promise<string | undefined> {
  if (delivery.deadLetterArn === null) return undefined
  return await attempt(delivery.deadLetterArn, delivery.event, {
    RULE_ARN: delivery.ruleArn,
    TARGET_ARN: delivery.targetArn,
    ERROR_MESSAGE: delivery.error,
    RETRY_ATTEMPTS: String(delivery.attempts),
    EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
  })
}

function droppedNotice({ targetArn, attempts, error }: FailedDelivery): string {
  return `eventbridge: dropped an event for ${targetArn} after ${attempts} attempts: ${error}`
}

function delayMs(policy: RetryPolicy, attempts: number): number {
  return Math.min(policy.longestDelayMs, policy.firstDelayMs * 2 ** (attempts - 1))
}

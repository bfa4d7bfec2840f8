import * as z from 'zod'
import type { Outcome } from '../lambda/worker.ts'

/** How an event source treats a batch that its function does not accept. */
export type RetryPolicy = {
  /** Retries after the first try. */
  maxRetries: number
  maxAgeS: number
  bisects: boolean
  reportsItemFailures: boolean
  /** Wait before the n-th retry. */
  backoffMs(retry: number): number
}

/** An item of a batch: its record as the function sees it, and what a function names it by. */
export type BatchItem = { record: unknown; identifier: string; createdAtS: number }

/** What processing a batch needs from outside. */
export type BatchActions = {
  invoke(records: unknown[]): Promise<Outcome>
  /** Takes what was given up on. */
  giveUp(items: readonly BatchItem[], reason: { condition: string; invokeCount: number }): void
  /** Rejects when the source is stopped. */
  sleep(ms: number): Promise<unknown>
}

const partialResponse = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string().nullish() })).nullish(),
})

/**
 * Has a batch processed in order, at least once: retries from the first record that failed, splits a batch that fails
 * as a whole, and gives up on what still fails after the policy's retries or age.
 */
export async function processBatch(
  items: readonly BatchItem[],
  policy: RetryPolicy,
  actions: BatchActions,
  earlierTries = 0,
): Promise<void> {
  let rest = items
  for (let tries = earlierTries + 1; rest.length > 0; tries++) {
    const outcome = await actions.invoke(rest.map(({ record }) => record))
    const failed = firstFailure(outcome, rest, policy)
    if (failed === undefined) return
    rest = rest.slice(failed)
    const isTooOld = (rest[0]?.createdAtS ?? 0) < Date.now() / 1000 - policy.maxAgeS
    if (isTooOld || tries > policy.maxRetries) {
      return actions.giveUp(rest, {
        condition: isTooOld ? 'RecordAgeExceeded' : 'RetryAttemptsExhausted',
        invokeCount: tries,
      })
    }
    if (policy.bisects && failed === 0 && rest.length > 1) {
      // Splitting does not count towards the retries.
      const middle = Math.ceil(rest.length / 2)
      await processBatch(rest.slice(0, middle), policy, actions, tries - 1)
      return processBatch(rest.slice(middle), policy, actions, tries - 1)
    }
    await actions.sleep(policy.backoffMs(tries))
  }
}

/** Index of the first record to retry; undefined when all are done. */
function firstFailure(outcome: Outcome, items: readonly BatchItem[], policy: RetryPolicy): number | undefined {
  if (!outcome.ok) return 0
  if (!policy.reportsItemFailures) return undefined
  const failures = reportedFailures(outcome.result)
  if (failures === undefined) return 0
  if (failures.length === 0) return undefined
  const indexes = failures.map(identifier => items.findIndex(item => item.identifier === identifier))
  // A name that is not in the batch makes the whole batch fail, as on AWS.
  return indexes.includes(-1) ? 0 : Math.min(...indexes)
}

/** Identifiers that a function reports as failed; undefined for a report that is none. Empty results count as success. */
export function reportedFailures(result: unknown): string[] | undefined {
  if (result === null || result === undefined || result === '') return []
  const parsed = partialResponse.safeParse(result)
  if (!parsed.success) return undefined
  return (parsed.data.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier ?? '')
}

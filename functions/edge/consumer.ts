import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { readMessages } from '#functions/edge/read-messages.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'
import { createLogger, type Logger } from '#lib/runtime/logger.ts'
import { type RecordEvent, recordEvent } from '#schemas/events/record-changed.ts'

/** A Lambda function behind a queue of record events. */
export type Consumer = (event: SQSEvent) => Promise<SQSBatchResponse>

/** Handles a batch at once; returns the record ids that must be tried again. */
type HandleRecords = (recordIds: readonly string[], log: Logger) => Promise<readonly string[]>

/**
 * Consumes record events by record: each id once, however many events name it, since a consumer reads the record as it is
 * now. Messages that fail go back to the queue alone, and to its dead-letter queue after too many tries.
 * @param concerns whether an event can matter at all; what cannot is done with at once.
 */
export function consumeRecords(
  handle: HandleRecords,
  concerns: (event: RecordEvent) => boolean = () => true,
): Consumer {
  return async ({ Records }) => {
    const log = createLogger({})
    const { deliveries: all, malformed } = readMessages(recordEvent, Records, log)
    const deliveries = all.filter(({ event }) => concerns(event))
    const ids = [...new Set(deliveries.map(({ event }) => event.detail.recordId))]
    const again = new Set(await handled(handle, ids, log))
    const failed = deliveries.filter(({ event }) => again.has(event.detail.recordId)).map(({ messageId }) => messageId)
    return { batchItemFailures: [...malformed, ...failed].map(itemIdentifier => ({ itemIdentifier })) }
  }
}

/** Handles records one after the other, so that one that fails does not hold up the others. */
export function oneByOne(handle: (recordId: string) => Promise<void>): HandleRecords {
  return someAtOnce(1, handle)
}

/** Handles records so many at a time, each by itself: for what depends on no other, and waits more than it computes. */
export function someAtOnce(atOnce: number, handle: (recordId: string) => Promise<void>): HandleRecords {
  return async (recordIds, log) => {
    const failed: string[] = []
    await inParallel(recordIds, atOnce, async recordId => {
      try {
        await handle(recordId)
      } catch (error) {
        log.error('An event could not be handled', { recordId, error })
        failed.push(recordId)
      }
    })
    return failed
  }
}

async function handled(handle: HandleRecords, ids: readonly string[], log: Logger): Promise<readonly string[]> {
  if (ids.length === 0) return []
  try {
    return await handle(ids, log)
  } catch (error) {
    log.error('Events could not be handled', { recordIds: ids, error })
    return ids
  }
}

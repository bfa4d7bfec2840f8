import type { SQSEvent } from 'aws-lambda'
import type * as z from 'zod'
import type { Consumer } from '#functions/edge/consumer.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'
import { createLogger, type Logger } from '#lib/runtime/logger.ts'

/** 5 events of a batch of ten at once: each waits for the table more than it computes. */
const parallel = 5

/**
 * Consumes events of one shape, each by itself. A message that fails, or is none, goes back to the queue alone, and to its
 * dead-letter queue after too many tries.
 */
export function consumeEvents<Schema extends z.ZodType>(
  shape: Schema,
  handle: (event: z.output<Schema>, log: Logger) => Promise<void>,
): Consumer {
  return async ({ Records }: SQSEvent) => {
    const log = createLogger({})
    const failed: string[] = []
    await inParallel(Records, parallel, async ({ messageId, body }) => {
      try {
        await handle(shape.parse(JSON.parse(body)), log)
      } catch (error) {
        log.error('An event could not be handled', { messageId, error })
        failed.push(messageId)
      }
    })
    return { batchItemFailures: failed.map(itemIdentifier => ({ itemIdentifier })) }
  }
}

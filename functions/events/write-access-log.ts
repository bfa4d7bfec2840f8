import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { openStore } from '#functions/edge/context.ts'
import { readMessages } from '#functions/edge/read-messages.ts'
import { eventContext } from '#functions/events/event-context.ts'
import { type LogTools, writeAccessBatch } from '#lib/access-log/write-batch.ts'
import { watchFile } from '#lib/access-watch/watch-file.ts'
import { systemClock } from '#lib/runtime/clock.ts'
import { readEnv, required } from '#lib/runtime/env.ts'
import { openFiles } from '#lib/runtime/files.ts'
import { createLogger, type Logger } from '#lib/runtime/logger.ts'
import { loadPolicy } from '#lib/settings/policy.ts'
import { createStore, openTable, type Table } from '#lib/store/table.ts'
import { accessEvent } from '#schemas/events/access-recorded.ts'

let table: Table | undefined

/** Writes access records to the log bucket and the index; what is in no file yet goes back to the queue alone. */
export async function handler({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  const log = createLogger({})
  const { deliveries, malformed } = readMessages(accessEvent, Records, log)
  const tools = await openTools(log)
  const { again, files } = await writeAccessBatch(
    tools,
    deliveries.map(({ event }) => event.detail),
  )
  const ctx = await eventContext('write-access-log', log)
  for (const file of files) await watchFile(ctx, tools.store, file)
  const failed = deliveries.filter(({ event }) => again.has(event.detail.eventID)).map(({ messageId }) => messageId)
  if (failed.length > 0) log.warn('Access records are moved by another delivery; they are tried again', { failed })
  return { batchItemFailures: [...malformed, ...failed].map(itemIdentifier => ({ itemIdentifier })) }
}

async function openTools(log: Logger): Promise<LogTools> {
  table ??= openTable(required('ACCESS_LOG_TABLE_NAME'))
  const { accessLog } = await loadPolicy({ store: openStore(), clock: systemClock, log })
  return {
    store: createStore(table),
    files: openFiles(required('ACCESS_LOG_BUCKET')),
    trail: { account: required('ACCESS_LOG_ACCOUNT'), region: readEnv().AWS_REGION },
    clock: systemClock,
    indexDays: accessLog.indexDays,
  }
}

import { gunzipSync } from 'node:zlib'
import type { CloudWatchLogsEvent } from 'aws-lambda'
import * as z from 'zod'
import { openAccessLine } from '#lib/access-log/access-line.ts'
import { gatewayLine, refusalRecord } from '#lib/access-log/refusal-record.ts'
import { createLogger, type Logger } from '#lib/runtime/logger.ts'
import type { AccessRecord } from '#schemas/events/access-recorded.ts'

const delivery = z.object({
  messageType: z.string(),
  logEvents: z.array(z.object({ id: z.string(), message: z.string() })),
})

/**
 * Logs what the gateway answered by itself, from its own log: throttled, oversized and malformed requests, and those whose
 * function answered nothing. A request that its function has logged already has the same event id, and so counts once.
 */
export async function handler({ awslogs }: CloudWatchLogsEvent): Promise<void> {
  const log = createLogger({})
  const { messageType, logEvents } = delivery.parse(
    JSON.parse(gunzipSync(Buffer.from(awslogs.data, 'base64')).toString()),
  )
  // CloudWatch asks once whether anybody is there.
  if (messageType !== 'DATA_MESSAGE') return
  const line = openAccessLine()
  const records = logEvents.flatMap(({ id, message }) => recordIn(message) ?? malformed(log, id))
  await Promise.all(records.map(record => send(record)))

  function recordIn(message: string): AccessRecord[] | undefined {
    const parsed = gatewayLine.safeParse(parsedJson(message))
    if (!parsed.success) return undefined
    const record = refusalRecord(line.home, parsed.data)
    return record ? [record] : []
  }

  async function send(record: AccessRecord): Promise<void> {
    await line.publish(record).catch(async error => {
      log.warn('An access record waits in the queue, past the bus', { eventId: record.eventID, error })
      await line.spool(record)
    })
  }
}

/** Tried again it would be as malformed as now: told, and an alarm counts it. */
function malformed(log: Logger, id: string): [] {
  log.error('A line of the gateway cannot be read', { id })
  return []
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

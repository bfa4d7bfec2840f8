import type { SQSRecord } from 'aws-lambda'
import type * as z from 'zod'
import type { Logger } from '#lib/runtime/logger.ts'

/** An event with the message that brought it. */
export type Delivery<Event> = { messageId: string; event: Event }

/** The events of a queue's messages; a message that is none is logged and named, so that it goes to the dead letters alone. */
export function readMessages<Event>(
  schema: z.ZodType<Event>,
  records: readonly SQSRecord[],
  log: Logger,
): { deliveries: Delivery<Event>[]; malformed: string[] } {
  const deliveries: Delivery<Event>[] = []
  const malformed: string[] = []
  for (const { messageId, body } of records) {
    const event = schema.safeParse(parsed(body))
    if (event.success) deliveries.push({ messageId, event: event.data })
    if (event.success) continue
    malformed.push(messageId)
    log.error('A message is not the event that this queue is for', { messageId, issues: event.error.issues })
  }
  return { deliveries, malformed }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

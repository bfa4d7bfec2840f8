import * as z from 'zod'

/** Source of what falls due. */
export const reminderEventSource = 'evergreen.reminders'

/** Something is to be told now. It names no person and no text: who takes it reads the record as it is. */
export const reminderDue = z.object({
  /** The same for every delivery: record id, `@` and moment. */
  id: z.string().min(1),
  /** A reminder, or an activity with `remindAt`. */
  recordId: z.string().min(1),
  /** The moment for which it was due, RFC 3339 with milliseconds. */
  at: z.iso.datetime(),
})

/** What falls due. */
export type ReminderDue = z.infer<typeof reminderDue>

/** The envelope in which EventBridge delivers it to a queue. */
export const reminderDueEvent = z.object({
  source: z.literal(reminderEventSource),
  'detail-type': z.literal('ReminderDue'),
  detail: reminderDue,
})

/** The event for a record and a moment. */
export function dueOf(recordId: string, at: string): ReminderDue {
  return { id: `${recordId}@${at}`, recordId, at }
}

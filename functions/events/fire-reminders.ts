import { consumeEvents } from '#functions/edge/consume-events.ts'
import { eventContext } from '#functions/events/event-context.ts'
import { fireDue } from '#lib/reminders/fire-due.ts'
import { reminderDueEvent } from '#schemas/events/reminder-due.ts'

/** Tells users what falls due, each time once. */
export const handler = consumeEvents(reminderDueEvent, async ({ detail }, log) => {
  await fireDue(await eventContext('fire-reminders', log), detail)
})

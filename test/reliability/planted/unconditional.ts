import { consumeEvents } from '#functions/edge/consume-events.ts'
import { eventContext } from '#functions/events/event-context.ts'
import { notify } from '#lib/notifications/notify.ts'
import { toldUser } from '#lib/reminders/due-moment.ts'
import { readRecord } from '#lib/store/read.ts'
import { reminderDueEvent } from '#schemas/events/reminder-due.ts'

/** The planted mistake: each event is told, whatever was told before, and the reminder stays as it is. */
export const handler = consumeEvents(reminderDueEvent, async ({ detail }, log) => {
  const ctx = await eventContext('fire-reminders', log)
  const record = await readRecord(ctx.store, detail.recordId)
  const userId = record && toldUser(record)
  if (!record || userId === undefined) return
  const text = { title: String(record.fields['message']), body: '', link: `/v1/reminders/${record.id}` }
  await notify(ctx, { userId, kind: 'reminder', ...text, key: ctx.ids.next('x') })
})

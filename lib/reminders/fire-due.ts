import { planNotification } from '#lib/notifications/notify.ts'
import { loadActor } from '#lib/permissions/load-actor.ts'
import type { Plan } from '#lib/records/plan.ts'
import { writeRecords } from '#lib/records/write.ts'
import { agendas, dueMoment, toldUser } from '#lib/reminders/due-moment.ts'
import { planAdvance } from '#lib/reminders/plan-advance.ts'
import { reminderMessage } from '#lib/reminders/reminder-message.ts'
import type { Context } from '#lib/runtime/context.ts'
import { agendaStep, dropAgendaEntry } from '#lib/store/agenda.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecord } from '#lib/store/read.ts'
import type { ReminderDue } from '#schemas/events/reminder-due.ts'

/**
 * Tells what is due: the notification and the record's way to its next time are one transaction, so each time is told once
 * however often and in whatever order the event comes. What was moved, done or deleted meanwhile is not told.
 * @returns whether it was told now.
 */
export async function fireDue(ctx: Context, due: Pick<ReminderDue, 'recordId' | 'at'>): Promise<boolean> {
  const written = await writeRecords(ctx, () => planFire(ctx, due), {})
  if (written.length === 0) await forget(ctx, due)
  return written.some(({ outcome }) => outcome !== 'unchanged')
}

async function planFire(ctx: Context, { recordId, at }: Pick<ReminderDue, 'recordId' | 'at'>): Promise<Plan[]> {
  const record = await readRecord(ctx.store, recordId)
  if (!record || dueMoment(record) !== at) return []
  const userId = toldUser(record)
  const user = userId === undefined ? undefined : await loadActor(ctx.store, { userId })
  const told = user ? [await planNotification(ctx, await reminderMessage(ctx, { record, at, user }))] : []
  if (record.object === 'reminder') return [...told, await planAdvance(ctx, record, { at, hasLeft: !user })]
  return told.map(plan => ({ ...plan, steps: [offAgenda(ctx, record, at)] }))
}

/** An activity stays as it is: only its entry goes. */
function offAgenda({ store }: Context, { id, object }: StoredRecord, at: string) {
  const agenda = agendas[object]
  if (!agenda) throw new Error(`A ${object} has no agenda: see due-moment.ts.`)
  return agendaStep(store, agenda, { id, at })
}

/** The entry of an activity that is not to be told would be looked at for ever; one of a reminder goes with the reminder. */
async function forget(
  { store, clock }: Context,
  { recordId, at }: Pick<ReminderDue, 'recordId' | 'at'>,
): Promise<void> {
  const { activity } = agendas
  if (activity && at <= clock.now().toISOString()) await dropAgendaEntry(store, activity, { id: recordId, at })
}

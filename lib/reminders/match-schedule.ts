import { unavailable } from '#lib/errors.ts'
import { textOf } from '#lib/records/owner-of.ts'
import { agendas, dueMoment } from '#lib/reminders/due-moment.ts'
import { putSchedule, removeSchedule } from '#lib/reminders/put-schedule.ts'
import { renewReminder } from '#lib/reminders/renew-reminder.ts'
import type { ReminderSchedules } from '#lib/reminders/schedule-group.ts'
import { type Bus, publish } from '#lib/runtime/bus.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecord } from '#lib/store/read.ts'
import { dueOf, reminderEventSource } from '#schemas/events/reminder-due.ts'

/** What a record's schedule is made with. */
export type Scheduling = { schedules: ReminderSchedules; bus: Bus }

/** 5 seconds: what comes sooner would be over before it is scheduled. */
const soonMs = 5_000

/**
 * Makes the schedule of a reminder or an activity what the record says now. Done again when the record changed meanwhile: of
 * two runs that overlap, the one that ends last has seen the newest.
 */
export async function matchSchedule(ctx: Context, scheduling: Scheduling, recordId: string): Promise<void> {
  for (let seen: StoredRecord | undefined, isFirst = true; ; isFirst = false) {
    const record = await readRecord(ctx.store, recordId)
    if (!record || (!isFirst && record.version === seen?.version)) return
    seen = (await renewReminder(ctx, record)) ?? record
    await settle(ctx, scheduling, seen)
  }
}

async function settle(ctx: Context, { schedules, bus }: Scheduling, record: StoredRecord): Promise<void> {
  const at = dueMoment(record)
  if (at === undefined) {
    if (mayHaveSchedule(record)) await removeSchedule(schedules, record.id)
    return
  }
  const { occurrence, zone } = record.fields
  const now = ctx.clock.now().getTime()
  if (Date.parse(at) > now + soonMs)
    return putSchedule(schedules, { recordId: record.id, at, local: textOf(occurrence), timeZone: textOf(zone) })
  // An activity that was told keeps its remindAt: who takes the event finds its notification.
  await announce(bus, [{ recordId: record.id, at }], new Date(now))
}

/** An activity that never had a reminder has no schedule: bulk changes of such ask for nothing. */
function mayHaveSchedule({ object, fields }: StoredRecord): boolean {
  return object === 'reminder' || fields[agendas['activity']?.field ?? ''] !== undefined
}

/**
 * Puts what is due on the bus.
 * @throws CrmError `unavailable` when not all of it was taken; doing it again is safe.
 */
export async function announce(bus: Bus, dues: readonly { recordId: string; at: string }[], time: Date): Promise<void> {
  const events = dues.map(({ recordId, at }) => ({
    source: reminderEventSource,
    detailType: 'ReminderDue',
    detail: dueOf(recordId, at),
    time,
  }))
  const failed = await publish(bus, events)
  if (failed.length > 0) throw unavailable(`The bus did not take ${failed.length} reminders. Doing it again is safe.`)
}

import { consumeRecords, someAtOnce } from '#functions/edge/consumer.ts'
import { eventContext } from '#functions/events/event-context.ts'
import { followUser } from '#lib/reminders/follow-user.ts'
import { matchSchedule, type Scheduling } from '#lib/reminders/match-schedule.ts'
import { openReminderSchedules } from '#lib/reminders/schedule-group.ts'
import { openBus } from '#lib/runtime/bus.ts'
import { required } from '#lib/runtime/env.ts'
import { prefixOf } from '#lib/runtime/ids.ts'
import type { Logger } from '#lib/runtime/logger.ts'
import type { RecordEvent } from '#schemas/events/record-changed.ts'
import { user } from '#schemas/system/user.ts'

/** 10, a whole batch: what is read of its records at one moment is one call. */
const parallel = 10

let scheduling: Scheduling | undefined

/** Makes, moves and removes the schedules of reminders and activities as their records say now. */
export const handler = consumeRecords(update, concernsReminders)

async function update(ids: readonly string[], log: Logger): Promise<readonly string[]> {
  scheduling ??= { schedules: openReminderSchedules(), bus: openBus(required('BUS_NAME')) }
  const tools = scheduling
  const ctx = await eventContext('update-reminders', log)
  const isUser = (id: string) => prefixOf(id) === user.prefix
  return someAtOnce(parallel, id => (isUser(id) ? followUser(ctx, id) : matchSchedule(ctx, tools, id)))(ids, log)
}

/** By object: the fields on which it depends when somebody is told. */
const decisive: Readonly<Record<string, readonly string[]>> = {
  user: ['timeZone'],
  activity: ['remindAt', 'status'],
  reminder: ['dueAt', 'timeZone', 'repeat', 'state', 'snoozedUntil', 'assigneeId', 'nextAt'],
}

/** A new user has no reminders; what was deleted, restored or merged says so without naming fields. */
function concernsReminders({ 'detail-type': type, detail }: RecordEvent): boolean {
  if (detail.object === user.name) return type === 'RecordUpdated' && detail.changedFields.includes('timeZone')
  if (type !== 'RecordCreated' && type !== 'RecordUpdated') return true
  return detail.changedFields.some(name => decisive[detail.object]?.includes(name))
}

import {
  ConflictException,
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  ResourceNotFoundException,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler'
import { unavailable } from '#lib/errors.ts'
import type { ReminderSchedules } from '#lib/reminders/schedule-group.ts'
import { isOutage } from '#lib/runtime/outage.ts'
import { instantOf } from '#lib/runtime/zoned-time.ts'
import { dueOf, reminderEventSource } from '#schemas/events/reminder-due.ts'

/** When a record is told: as an instant, and on which clocks that is said. */
export type WantedRun = { recordId: string; at: string; local?: string | undefined; timeZone?: string | undefined }

/**
 * Makes or moves the schedule of a record; it removes itself when it has run.
 * @throws CrmError `unavailable` when EventBridge Scheduler does not answer; doing it again is safe.
 */
export async function putSchedule(schedules: ReminderSchedules, run: WantedRun): Promise<void> {
  const input = scheduleOf(schedules, run)
  try {
    await schedules.client.send(new CreateScheduleCommand(input))
  } catch (error) {
    if (!(error instanceof ConflictException)) throw asOutage(error)
    await schedules.client.send(new UpdateScheduleCommand(input)).catch((failure: unknown) => {
      // It has run and is gone meanwhile: the event is on its way, and who takes it looks at the record.
      if (!(failure instanceof ResourceNotFoundException)) throw asOutage(failure)
    })
  }
}

/** Removes the schedule of a record; none is fine. */
export async function removeSchedule({ client, group }: ReminderSchedules, recordId: string): Promise<void> {
  try {
    await client.send(new DeleteScheduleCommand({ GroupName: group, Name: recordId }))
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw asOutage(error)
  }
}

function scheduleOf(schedules: ReminderSchedules, run: WantedRun): CreateScheduleCommandInput {
  return {
    GroupName: schedules.group,
    // Ids have up to 34 letters, digits and underscores; a name may have 64.
    Name: run.recordId,
    ...whenOf(run),
    FlexibleTimeWindow: { Mode: 'OFF' },
    ActionAfterCompletion: 'DELETE',
    Target: {
      Arn: schedules.busArn,
      RoleArn: schedules.roleArn,
      EventBridgeParameters: { DetailType: 'ReminderDue', Source: reminderEventSource },
      Input: JSON.stringify(dueOf(run.recordId, run.at)),
      DeadLetterConfig: { Arn: schedules.deadLettersArn },
      // A day, the longest: late is better than never.
      RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
    },
  }
}

/** On the clocks of the zone where they say the same moment, else in UTC, such as for the second time of an autumn night. */
function whenOf({ at, local, timeZone }: WantedRun) {
  const isSame =
    local !== undefined && timeZone !== undefined && instantOf(Date.parse(`${local}Z`), timeZone) === Date.parse(at)
  if (isSame) return { ScheduleExpression: `at(${local})`, ScheduleExpressionTimezone: timeZone }
  return { ScheduleExpression: `at(${at.slice(0, 19)})`, ScheduleExpressionTimezone: 'UTC' }
}

function asOutage(error: unknown): unknown {
  return isOutage(error) ? unavailable('EventBridge Scheduler does not answer. Doing it again is safe.', error) : error
}

import { SchedulerClient } from '@aws-sdk/client-scheduler'
import { required } from '#lib/runtime/env.ts'

/** Where the schedules of reminders stand, and what they start; one per container. */
export type ReminderSchedules = {
  client: SchedulerClient
  group: string
  busArn: string
  roleArn: string
  /** Queue for what could not be put on the bus. */
  deadLettersArn: string
}

/** Opens the group that the function's environment names. */
export function openReminderSchedules(): ReminderSchedules {
  return {
    client: new SchedulerClient({ maxAttempts: 5, retryMode: 'standard' }),
    group: required('REMINDER_SCHEDULE_GROUP'),
    busArn: required('BUS_ARN'),
    roleArn: required('REMINDER_SCHEDULE_ROLE_ARN'),
    deadLettersArn: required('REMINDER_DEAD_LETTERS_ARN'),
  }
}

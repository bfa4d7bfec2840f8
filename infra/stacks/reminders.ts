import { Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import type { Access } from '#infra/constructs/access.ts'
import { Consumer } from '#infra/constructs/consumer.ts'
import { CrmFunction } from '#infra/constructs/crm-function.ts'
import { DeadLetters } from '#infra/constructs/dead-letters.ts'
import type { House } from '#infra/constructs/house.ts'
import { ReminderSchedules } from '#infra/constructs/reminder-schedules.ts'
import { CrmSchedule } from '#infra/constructs/schedule.ts'
import type { Entry } from '#infra/entries.ts'
import type { DataStack } from '#infra/stacks/data.ts'
import type { EventsStack } from '#infra/stacks/events.ts'
import { agendas } from '#lib/reminders/due-moment.ts'
import { recordEventSource } from '#schemas/events/record-changed.ts'
import { reminderEventSource } from '#schemas/events/reminder-due.ts'

type RemindersProps = StackProps & { house: House; data: DataStack; events: EventsStack }

type Timed = {
  id: string
  entry: Entry
  kind: string
  description: string
  errorImpact: string
  expression: string
  uses: readonly Access[]
}

/** From a reminder to its schedule, from the schedule's event to the inbox, and from there to mail and webhooks. */
export class RemindersStack extends Stack {
  readonly schedules: ReminderSchedules
  readonly consumers: readonly Consumer[]
  /** What runs by the clock: its schedules and its functions. */
  readonly started: readonly CrmSchedule[]
  readonly functions: readonly CrmFunction[]

  constructor(scope: Construct, id: string, props: RemindersProps) {
    super(scope, id, props)
    this.schedules = new ReminderSchedules(this, 'Schedules', { house: props.house, bus: props.events.bus })
    this.consumers = [this.createUpdater(props), this.createTeller(props), this.createDeliverer(props)]
    const timed = this.timed(props).map(each => this.createTimed(props, each))
    this.started = timed.map(({ schedule }) => schedule)
    this.functions = timed.map(({ lambda }) => lambda)
  }

  private createUpdater({ house, data, events }: RemindersProps): Consumer {
    return new Consumer(this, 'UpdateReminders', {
      house,
      bus: events.bus,
      pattern: { source: [recordEventSource], detail: { object: [...Object.keys(agendas), 'user'] } },
      entry: 'events/update-reminders',
      description: 'Makes, moves and removes the schedules of reminders when they change',
      errorImpact: 'New and moved reminders are told up to a quarter of an hour late, by the sweep.',
      uses: [data.records.readWrite, this.schedules.manage, events.publish],
    })
  }

  private createTeller({ house, data, events }: RemindersProps): Consumer {
    return new Consumer(this, 'FireReminders', {
      house,
      bus: events.bus,
      pattern: { source: [reminderEventSource], detailType: ['ReminderDue'] },
      entry: 'events/fire-reminders',
      description: 'Tells users what falls due, each time once',
      errorImpact: 'People are not told of reminders that are due.',
      uses: [data.records.readWrite],
    })
  }

  private createDeliverer({ house, data, events }: RemindersProps): Consumer {
    return new Consumer(this, 'DeliverNotifications', {
      house,
      bus: events.bus,
      pattern: { source: [recordEventSource], detailType: ['RecordCreated'], detail: { object: ['notification'] } },
      entry: 'events/deliver-notifications',
      description: 'Sends new notifications on by mail and to the webhook, as the settings say',
      errorImpact: 'Notifications stay in the inbox: nobody gets them by mail, and the webhook is not called.',
      uses: [data.records.noteDeliveries, data.mail.send, data.webhookKey.sign],
      // An hour of SES or a webhook being down; and on a laptop, where tries follow each other in seconds, longer than the two
      // minutes for which a mail belongs to a function that was killed.
      tries: 12,
    })
  }

  private timed({ data, events }: RemindersProps): Timed[] {
    const { readWrite } = data.records
    return [
      {
        id: 'SweepReminders',
        entry: 'schedules/sweep-reminders',
        kind: 'sweepReminders',
        description: 'Finds reminders that were due and not told',
        errorImpact: 'A reminder whose schedule or event was lost is never told.',
        expression: 'rate(15 minutes)',
        uses: [data.records.tidyAgenda, events.publish],
      },
      {
        id: 'SendDigests',
        entry: 'schedules/send-digests',
        kind: 'sendDigests',
        description: 'Tells each user in the morning what the day brings',
        errorImpact: 'People do not get their digest of the morning.',
        expression: 'rate(15 minutes)',
        uses: [readWrite],
      },
      {
        id: 'FollowUp',
        entry: 'schedules/follow-up',
        kind: 'followUp',
        description: 'Makes reminders by the rules of the tenant: customers without contact, birthdays, contract dates',
        errorImpact: 'Nobody is reminded of customers without contact, of birthdays and of contracts that end.',
        // A time that every zone has on every day.
        expression: 'cron(30 5 * * ? *)',
        uses: [readWrite],
      },
    ]
  }

  private createTimed({ house }: RemindersProps, { id, entry, kind, expression, ...texts }: Timed) {
    const name = entry.slice('schedules/'.length)
    const deadLetters = new DeadLetters(this, `${id}DeadLetters`, { house, of: name })
    // 15 minutes: Lambda's longest. What is left then is done by the next run.
    const lambda = new CrmFunction(this, id, { house, entry, ...texts, timeoutSeconds: 900, deadLetters })
    const schedule = new CrmSchedule(this, `${id}Schedule`, {
      ...{ house, name, expression, deadLetters, timeZone: house.tenant.timeZone },
      ...{ description: texts.description, errorImpact: texts.errorImpact },
      target: { lambda, input: { kind } },
    })
    return { schedule, lambda }
  }
}

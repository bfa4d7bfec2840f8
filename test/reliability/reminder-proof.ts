import { setTimeout as sleep } from 'node:timers/promises'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { DeleteScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler'
import { GetQueueAttributesCommand, GetQueueUrlCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { readTenant } from '#infra/tenant-file.ts'
import { systemActor } from '#lib/permissions/system-actor.ts'
import { planCreate } from '#lib/records/operations/create-record.ts'
import { writeMany } from '#lib/records/write-many.ts'
import { readPeople } from '#lib/refresh/people.ts'
import { systemClock } from '#lib/runtime/clock.ts'
import { typeIds } from '#lib/runtime/ids.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'
import { createLogger } from '#lib/runtime/logger.ts'
import { dueOf, reminderEventSource } from '#schemas/events/reminder-due.ts'
import { standardObjects } from '#schemas/registry.ts'
import { reminder } from '#schemas/system/reminder.ts'
import { tenantSettings } from '#schemas/tenant.ts'
import { type ReminderStack, startReminderStack } from './reminder-stack.ts'
import { type Made, openStackStore, readTruth, type Truth } from './reminder-truth.ts'

/** How many reminders are due in one minute, and what goes wrong on the way. */
export type Wish = {
  reminders: number
  /** Times that the whole stack, its consumers with it, is killed (-9) while reminders are told. */
  kills: number
  /** Seconds from the start to the minute in which all are due. */
  leadS: number
  planted?: 'unconditional' | 'noSweep' | 'undelivered' | undefined
  log: (line: string) => void
}

const minute = 60_000
/** The sweep leaves alone what is due for less than two minutes. */
const graceMs = 2 * minute
/** One in fifty schedules is lost before its time, and one in twenty events comes three times. */
const lostEvery = 50
const repeatedEvery = 20

/** Has reminders fall due in one minute on a stack whose schedules get lost, whose events repeat, and that is killed. */
export async function proveReminders(wish: Wish): Promise<Truth & { givenUp: number }> {
  const { log, planted } = wish
  const stack = await startReminderStack(planted === 'noSweep' ? undefined : planted)
  try {
    const dueFrom = Math.ceil((Date.now() + wish.leadS * 1000) / minute) * minute
    const made = await makeReminders(stack, { count: wish.reminders, dueFrom })
    log(`${made.length} reminders made; they are due within the minute from ${new Date(dueFrom).toISOString()}`)
    await settle(stack, { queue: 'update-reminders', log })
    if (Date.now() > dueFrom) throw new Error(`Making them took too long: --lead ${wish.leadS * 2}`)
    log('every schedule is made; one in 50 is lost now')
    await loseSchedules(stack, made)
    await sleep(dueFrom - Date.now())
    for (let kill = 1; kill <= wish.kills; kill++) {
      await sleep((minute / (wish.kills + 1)) * 0.8)
      await stack.killAndStart()
      log(`killed (-9) and started again, ${kill} of ${wish.kills}`)
    }
    await sleep(Math.max(0, dueFrom + minute - Date.now()))
    await repeatEvents(stack, made)
    await settle(stack, { queue: 'fire-reminders', log })
    log(
      `everything that was on its way is done, ${((Date.now() - dueFrom - minute) / 1000).toFixed(0)} s after the minute`,
    )
    if (planted !== 'noSweep') await sweep(stack, { dueFrom, log })
    return { ...(await readTruth(stack.running(), made)), givenUp: await countGivenUp(stack) }
  } finally {
    await stack.end()
  }
}

/** Waits until the stack has nothing left to do, and tells every half minute how much waits in a queue. */
async function settle(stack: ReminderStack, { queue, log }: { queue: string; log: Wish['log'] }): Promise<void> {
  const client = new SQSClient(clientOptions(stack, 'sqs'))
  const { QueueUrl = '' } = await client.send(new GetQueueUrlCommand({ QueueName: `evergreen-local-${queue}` }))
  const tell = async () => log(`${await countWaiting(client, QueueUrl)} events wait in ${queue}`)
  const telling = setInterval(() => void tell().catch(() => undefined), minute / 2)
  await stack.ask('drain').finally(() => clearInterval(telling))
}

/** Events and mails that were tried too often and set aside, of any queue. */
async function countGivenUp(stack: ReminderStack): Promise<number> {
  const client = new SQSClient(clientOptions(stack, 'sqs'))
  const { QueueUrls = [] } = await client.send(new ListQueuesCommand({ QueueNamePrefix: 'evergreen-local-' }))
  const urls = QueueUrls.filter(url => url.endsWith('-dead-letters'))
  if (urls.length === 0) throw new Error('There is no dead-letter queue: where would be seen what was given up?')
  const counts = await Promise.all(urls.map(url => countWaiting(client, url)))
  return counts.reduce((sum, count) => sum + count, 0)
}

async function countWaiting(client: SQSClient, QueueUrl: string): Promise<number> {
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] })
  const { Attributes } = await client.send(asked)
  return Number(Attributes?.['ApproximateNumberOfMessages'])
}

async function sweep(stack: ReminderStack, { dueFrom, log }: { dueFrom: number; log: Wish['log'] }): Promise<void> {
  await sleep(Math.max(0, dueFrom + minute + graceMs - Date.now()))
  log(`sweep: ${JSON.stringify(await stack.ask('sweep'))}`)
  await stack.ask('drain')
  log(`a second sweep: ${JSON.stringify(await stack.ask('sweep'))}`)
}

/** Written past the API, many to a transaction, for the seeded users in turn: to make them fast is not what is proven. */
async function makeReminders(
  stack: ReminderStack,
  { count, dueFrom }: { count: number; dueFrom: number },
): Promise<Made[]> {
  const { store, close } = openStackStore(stack.running())
  const ctx = {
    ...{ actor: systemActor, requestId: 'reminder-check', source: 'reminder-check', tenant: readLocalTenant() },
    ...{ objects: standardObjects, store, clock: systemClock, ids: typeIds, log: createLogger({}, () => {}) },
  }
  const users = [...(await readPeople(ctx)).people.keys()]
  const made: Made[] = []
  for (let from = 0; from < count; from += chunk) {
    const numbers = Array.from({ length: Math.min(chunk, count - from) }, (_, i) => from + i)
    const plans = await Promise.all(
      numbers.map(number => {
        const at = dueFrom + ((number * 7) % 60) * 1000
        const dueAt = new Date(at + 8 * 3_600_000).toISOString().slice(0, 19)
        const assigneeId = users[number % users.length] ?? ''
        const input = { message: `提醒 ${number}`, dueAt, timeZone: 'Asia/Shanghai', assigneeId }
        return planCreate(ctx, { object: reminder, input })
      }),
    )
    await writeMany(
      ctx,
      plans.map(plan => ({ plan, replan: async () => plan })),
    )
    for (const { after } of plans) {
      const isLost = made.length % lostEvery === 0
      made.push({ id: after.id, dueAt: Date.parse(String(after.fields['nextAt'])), isLost })
    }
  }
  close()
  return made
}

/** 500 at a time. */
const chunk = 500

function readLocalTenant() {
  return tenantSettings.strip().parse(readTenant('local'))
}

function clientOptions(stack: ReminderStack, service: string) {
  const credentials = { accessKeyId: 'check', secretAccessKey: 'local' }
  return { endpoint: stack.running().endpoints[service] ?? '', region: 'ap-southeast-1', credentials }
}

async function loseSchedules(stack: ReminderStack, made: readonly Made[]): Promise<void> {
  const client = new SchedulerClient(clientOptions(stack, 'scheduler'))
  const lost = made.filter(({ isLost }) => isLost)
  const GroupName = 'evergreen-local-reminders'
  await inParallel(lost, 4, async ({ id }) => {
    await client.send(new DeleteScheduleCommand({ GroupName, Name: id }))
  })
}

/** EventBridge delivers at least once: some events come twice more, after all others. */
async function repeatEvents(stack: ReminderStack, made: readonly Made[]): Promise<void> {
  const client = new EventBridgeClient(clientOptions(stack, 'eventbridge'))
  const repeated = made.filter((_, i) => i % repeatedEvery === 1)
  await inParallel(repeated, 4, async ({ id, dueAt }) => {
    const Detail = JSON.stringify(dueOf(id, new Date(dueAt).toISOString()))
    const entry = { EventBusName: 'evergreen-local', Source: reminderEventSource, DetailType: 'ReminderDue', Detail }
    await client.send(new PutEventsCommand({ Entries: [entry, entry] }))
  })
}

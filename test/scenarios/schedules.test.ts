import {
  CreateScheduleCommand,
  GetScheduleCommand,
  type GetScheduleCommandOutput,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler'
import { describe, expect, it } from 'vitest'
import { useCrm } from '../support/crm.ts'

const crm = useCrm()
const group = 'evergreen-local'

const client = () =>
  new SchedulerClient({
    endpoint: crm.stack().endpoints['scheduler'] ?? '',
    region: 'ap-southeast-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'local' },
  })

const read = (Name: string): Promise<GetScheduleCommandOutput> =>
  client().send(new GetScheduleCommand({ GroupName: group, Name }))

async function times(name: string) {
  const { ScheduleExpression, ScheduleExpressionTimezone, State } = await read(name)
  return [ScheduleExpression, ScheduleExpressionTimezone, State]
}

async function decide(body: object): Promise<void> {
  const reply = await crm.send({ as: 'admin', method: 'PATCH', path: '/v1/settings', body })
  expect(reply.status, reply.text).toBe(200)
  await crm.stack().drain()
}

describe('the schedules of a tenant', () => {
  it('stand at the product’s own times until somebody decides otherwise', async () => {
    expect(await times('cleanup')).toEqual(['cron(30 4 ? * SUN *)', 'Asia/Shanghai', 'ENABLED'])
    expect(await times('weekly-report')).toEqual(['cron(0 8 ? * MON *)', 'Asia/Shanghai', 'ENABLED'])
  })

  it('move when the settings change, and what they start stays the same', async () => {
    const before = await read('cleanup')
    await decide({ cleanup: { frequency: 'monthly', dayOfMonth: 3, time: '22:15', timeZone: 'Europe/Berlin' } })
    expect(await times('cleanup')).toEqual(['cron(15 22 3 * ? *)', 'Europe/Berlin', 'ENABLED'])
    expect((await read('cleanup')).Target).toEqual(before.Target)
    expect(await times('weekly-report')).toEqual(['cron(0 8 ? * MON *)', 'Asia/Shanghai', 'ENABLED'])
  })

  it('are switched off and on by the settings', async () => {
    await decide({ cleanup: { enabled: false }, reports: { weekly: false } })
    expect([(await read('cleanup')).State, (await read('weekly-report')).State]).toEqual(['DISABLED', 'DISABLED'])
    await decide({ cleanup: null, reports: null })
    expect(await times('cleanup')).toEqual(['cron(30 4 ? * SUN *)', 'Asia/Shanghai', 'ENABLED'])
    expect((await read('weekly-report')).State).toBe('ENABLED')
  })

  it('are brought back by the daily look when something else has moved them', async () => {
    await decide({ cleanup: { time: '05:45' } })
    const { Target, FlexibleTimeWindow, KmsKeyArn } = await read('cleanup')
    const deployed = { GroupName: group, Name: 'cleanup', ScheduleExpression: 'cron(30 4 ? * SUN *)' }
    await client().send(new UpdateScheduleCommand({ ...deployed, Target, FlexibleTimeWindow, KmsKeyArn }))
    await crm.stack().invoke('events/update-schedules', {})
    expect(await times('cleanup')).toEqual(['cron(45 5 ? * SUN *)', 'Asia/Shanghai', 'ENABLED'])
    await decide({ cleanup: null })
  })
})

describe('a schedule whose time has come', () => {
  /** Two seconds from now; all else is as the stack has it. */
  async function runSoon(name: string): Promise<void> {
    const { Target, FlexibleTimeWindow, KmsKeyArn } = await read(name)
    const soon = new Date(Date.now() + 2_000).toISOString().slice(0, 19)
    const once = { GroupName: group, Name: `${name}-once`, ScheduleExpression: `at(${soon})` }
    await client().send(new CreateScheduleCommand({ ...once, Target, FlexibleTimeWindow, KmsKeyArn }))
  }

  it('starts a cleanup', async () => {
    await crm.create('rep', 'customers', { name: '青松贸易' })
    await runSoon('cleanup')
    const runs = async () => {
      await crm.stack().drain()
      const { json } = await crm.send({ as: 'admin', method: 'GET', path: '/v1/maintenance/runs' })
      return json.items.map((run: Record<string, unknown>) => [run['requestedBy'], run['dryRun'], run['state']])
    }
    await expect.poll(runs, { timeout: 50_000 }).toEqual([['schedule', false, 'succeeded']])
  })

  it('sends the weekly report', async () => {
    await runSoon('weekly-report')
    const inbox = async () => {
      await crm.stack().drain()
      const { json } = await crm.send({ as: 'manager', method: 'GET', path: '/v1/notifications' })
      return json.items.map((notification: Record<string, unknown>) => notification['kind'])
    }
    await expect.poll(inbox, { timeout: 50_000 }).toEqual(['weeklyQualityReport'])
  })
})

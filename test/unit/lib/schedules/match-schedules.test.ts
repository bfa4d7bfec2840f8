import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  GetScheduleCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler'
import { mockClient } from 'aws-sdk-client-mock'
import { describe, expect, it } from 'vitest'
import { matchSchedules } from '#lib/schedules/match-schedules.ts'
import { queue, role, startEngine } from '../../local/engines/scheduler/support.ts'

type Engine = Awaited<ReturnType<typeof startEngine>>

/** As the stack deploys it. */
const deployed = {
  GroupName: 'crm',
  Name: 'cleanup',
  Description: 'Cleans the data',
  ScheduleExpression: 'cron(30 4 ? * SUN *)',
  ScheduleExpressionTimezone: 'Asia/Shanghai',
  FlexibleTimeWindow: { Mode: 'OFF' as const },
  KmsKeyArn: 'arn:aws:kms:eu-central-1:000000000000:key/k',
  Target: {
    Arn: 'arn:aws:lambda:eu-central-1:000000000000:function:start-cleanup',
    RoleArn: role('starter'),
    Input: '{"kind":"cleanup","scheduledAt":"<aws.scheduler.scheduled-time>"}',
    DeadLetterConfig: { Arn: queue('letters') },
    RetryPolicy: { MaximumEventAgeInSeconds: 21_600, MaximumRetryAttempts: 20 },
  },
}

const asDeployed = { expression: 'cron(30 4 ? * SUN *)', timeZone: 'Asia/Shanghai', isEnabled: true }

async function startDeployed() {
  const engine = await startEngine()
  await engine.client().send(new CreateScheduleGroupCommand({ Name: 'crm' }))
  await engine.client().send(new CreateScheduleCommand(deployed))
  engine.clock.now += 60_000
  return engine
}

const groupOf = (engine: Engine) => ({ name: 'crm', client: engine.client() })

async function read(engine: Engine) {
  const { $metadata, ...schedule } = await engine
    .client()
    .send(new GetScheduleCommand({ GroupName: 'crm', Name: 'cleanup' }))
  return schedule
}

describe('matchSchedules', () => {
  it('moves a schedule and leaves all else of it as it was deployed', async () => {
    const engine = await startDeployed()
    const before = await read(engine)
    const wanted = { expression: 'cron(15 22 3 * ? *)', timeZone: 'Europe/Berlin', isEnabled: true }
    expect(await matchSchedules(groupOf(engine), { cleanup: wanted })).toEqual(['cleanup'])
    expect(await read(engine)).toEqual({
      ...before,
      ScheduleExpression: 'cron(15 22 3 * ? *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      LastModificationDate: new Date('2026-03-01T00:01:00Z'),
    })
  })

  it('switches a schedule off, and on again', async () => {
    const engine = await startDeployed()
    await matchSchedules(groupOf(engine), { cleanup: { ...asDeployed, isEnabled: false } })
    expect((await read(engine)).State).toBe('DISABLED')
    await matchSchedules(groupOf(engine), { cleanup: asDeployed })
    expect((await read(engine)).State).toBe('ENABLED')
  })

  it('writes nothing where nothing changes', async () => {
    const engine = await startDeployed()
    expect(await matchSchedules(groupOf(engine), { cleanup: asDeployed })).toEqual([])
    expect((await read(engine)).LastModificationDate).toEqual(new Date('2026-03-01T00:00:00Z'))
  })

  it('makes up no schedule that was not deployed', async () => {
    const engine = await startDeployed()
    await expect(matchSchedules(groupOf(engine), { other: asDeployed })).rejects.toThrow('does not exist')
  })

  it('moves the others where one cannot be moved, and then says so', async () => {
    const engine = await startDeployed()
    const wanted = { ...asDeployed, isEnabled: false }
    await expect(matchSchedules(groupOf(engine), { other: wanted, cleanup: wanted })).rejects.toThrow('does not exist')
    expect((await read(engine)).State).toBe('DISABLED')
  })

  it('says that it is unavailable while EventBridge Scheduler is overloaded', async () => {
    const client = new SchedulerClient({ region: 'eu-central-1' })
    const throttled = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' })
    mockClient(client).on(GetScheduleCommand).rejects(throttled)
    await expect(matchSchedules({ name: 'crm', client }, { cleanup: asDeployed })).rejects.toMatchObject({
      code: 'unavailable',
    })
  })
})

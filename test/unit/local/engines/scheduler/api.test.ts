import * as sdk from '@aws-sdk/client-scheduler'
import { describe, expect, it } from 'vitest'
import { createAuthorizer } from '#infra/local/engines/iam.ts'
import { errorName } from '../support/client-options.ts'
import { definition, lambda, queue, role, scheduleArn, startEngine, target } from './support.ts'

type Engine = Awaited<ReturnType<typeof startEngine>>

const create = (engine: Engine, more: Parameters<typeof definition>[0] = {}) =>
  engine.client().send(new sdk.CreateScheduleCommand(definition(more)))
const get = (engine: Engine, Name = 'reminder', GroupName?: string) =>
  engine.client().send(new sdk.GetScheduleCommand({ Name, GroupName }))

describe('schedules', () => {
  it('are told as they were made, with the defaults', async () => {
    const engine = await startEngine()
    expect((await create(engine)).ScheduleArn).toBe(scheduleArn('reminder'))
    const { $metadata, ...told } = await get(engine)
    expect(told).toEqual({
      Arn: scheduleArn('reminder'),
      GroupName: 'default',
      Name: 'reminder',
      ScheduleExpression: 'rate(1 hour)',
      ScheduleExpressionTimezone: 'UTC',
      State: 'ENABLED',
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'NONE',
      CreationDate: new Date('2026-03-01T00:00:00Z'),
      LastModificationDate: new Date('2026-03-01T00:00:00Z'),
      Target: { ...target(), RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 } },
    })
  })

  it('keep all that they were given', async () => {
    const engine = await startEngine()
    await engine.client().send(new sdk.CreateScheduleGroupCommand({ Name: 'crm' }))
    const all = {
      GroupName: 'crm',
      Description: '每周清洗',
      ScheduleExpression: 'cron(0 2 ? * SUN *)',
      ScheduleExpressionTimezone: 'Asia/Shanghai',
      StartDate: new Date('2026-04-01T00:00:00Z'),
      EndDate: new Date('2027-04-01T00:00:00Z'),
      State: 'DISABLED' as const,
      ActionAfterCompletion: 'DELETE' as const,
      FlexibleTimeWindow: { Mode: 'FLEXIBLE' as const, MaximumWindowInMinutes: 15 },
      KmsKeyArn: 'arn:aws:kms:eu-central-1:000000000000:key/k',
      Target: target({
        DeadLetterConfig: { Arn: queue('letters') },
        RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0 },
      }),
    }
    await create(engine, all)
    expect(await get(engine, 'reminder', 'crm')).toMatchObject(all)
  })

  it('are replaced by an update as a whole, but for when they were made', async () => {
    const engine = await startEngine()
    await create(engine, { Description: 'old', State: 'DISABLED' })
    engine.clock.now += 60_000
    await engine.client().send(new sdk.UpdateScheduleCommand(definition({ ScheduleExpression: 'rate(2 hours)' })))
    const told = await get(engine)
    expect([told.ScheduleExpression, told.State, told.Description]).toEqual(['rate(2 hours)', 'ENABLED', undefined])
    expect([told.CreationDate, told.LastModificationDate]).toEqual([
      new Date('2026-03-01T00:00:00Z'),
      new Date('2026-03-01T00:01:00Z'),
    ])
  })

  it('are made once by a call that is sent again, and a second one of the name is refused', async () => {
    const engine = await startEngine()
    const first = await create(engine, { ClientToken: 'one' })
    expect((await create(engine, { ClientToken: 'one' })).ScheduleArn).toBe(first.ScheduleArn)
    expect(await errorName(create(engine, { ClientToken: 'two' }))).toBe('ConflictException')
  })

  it('are listed by group, prefix and state, in pages', async () => {
    const engine = await startEngine()
    await engine.client().send(new sdk.CreateScheduleGroupCommand({ Name: 'crm' }))
    for (const Name of ['r-1', 'r-2', 'r-3']) await create(engine, { Name, GroupName: 'crm' })
    await create(engine, { Name: 'off', GroupName: 'crm', State: 'DISABLED' })
    await create(engine, { Name: 'r-4' })
    const list = async (input: sdk.ListSchedulesCommandInput) => {
      const command = new sdk.ListSchedulesCommand(input)
      const { Schedules = [], NextToken } = await engine.client().send(command)
      return { names: Schedules.map(({ Name }) => Name), NextToken }
    }
    expect((await list({})).names).toEqual(['off', 'r-1', 'r-2', 'r-3', 'r-4'])
    expect((await list({ GroupName: 'crm', State: 'DISABLED' })).names).toEqual(['off'])
    const first = await list({ GroupName: 'crm', NamePrefix: 'r-', MaxResults: 2 })
    const second = await list({ GroupName: 'crm', NamePrefix: 'r-', MaxResults: 2, NextToken: first.NextToken })
    expect([first.names, second.names, second.NextToken]).toEqual([['r-1', 'r-2'], ['r-3'], undefined])
  })

  it('are gone once deleted, alone or with their group', async () => {
    const engine = await startEngine()
    await engine.client().send(new sdk.CreateScheduleGroupCommand({ Name: 'crm' }))
    await create(engine)
    await create(engine, { GroupName: 'crm' })
    await engine.client().send(new sdk.DeleteScheduleCommand({ Name: 'reminder' }))
    expect(await errorName(get(engine))).toBe('ResourceNotFoundException')
    await engine.client().send(new sdk.DeleteScheduleGroupCommand({ Name: 'crm' }))
    expect(await errorName(get(engine, 'reminder', 'crm'))).toBe('ResourceNotFoundException')
    expect(await errorName(engine.client().send(new sdk.GetScheduleGroupCommand({ Name: 'crm' })))).toBe(
      'ResourceNotFoundException',
    )
  })
})

describe('what AWS refuses is refused', () => {
  it.each<[what: string, error: string, more: Parameters<typeof definition>[0]]>([
    ['an expression that is none', 'ValidationException', { ScheduleExpression: 'daily' }],
    ['a time zone that is none', 'ValidationException', { ScheduleExpressionTimezone: 'Asia/Peking' }],
    ['an offset for a time zone', 'ValidationException', { ScheduleExpressionTimezone: '+08:00' }],
    ['one time in the past', 'ValidationException', { ScheduleExpression: 'at(2026-02-28T23:59:59)' }],
    [
      'one time that the clocks of its zone pass over',
      'ValidationException',
      { ScheduleExpression: 'at(2026-03-29T02:30:00)', ScheduleExpressionTimezone: 'Europe/Berlin' },
    ],
    ['a start that is over', 'ValidationException', { StartDate: new Date('2026-02-28T23:54:59Z') }],
    [
      'an end before the start',
      'ValidationException',
      { StartDate: new Date('2026-03-09Z'), EndDate: new Date('2026-03-08Z') },
    ],
    ['a name with a space', 'ValidationException', { Name: 'a b' }],
    ['a name of 65 characters', 'ValidationException', { Name: 'a'.repeat(65) }],
    ['a group that does not exist', 'ResourceNotFoundException', { GroupName: 'gone' }],
    ['a target that is no ARN', 'ValidationException', { Target: target({ Arn: 'remind' }) }],
    ['a role that is none', 'ValidationException', { Target: target({ RoleArn: 'starter' }) }],
    ['an input that is no JSON', 'ValidationException', { Target: target({ Input: '{' }) }],
    [
      'a bus without its parameters',
      'ValidationException',
      { Target: target({ Arn: 'arn:aws:events:eu-central-1:000000000000:event-bus/crm' }) },
    ],
    [
      'dead letters to a function',
      'ValidationException',
      { Target: target({ DeadLetterConfig: { Arn: lambda('x') } }) },
    ],
    [
      'dead letters to a FIFO queue',
      'ValidationException',
      { Target: target({ DeadLetterConfig: { Arn: queue('x.fifo') } }) },
    ],
    ['186 retries', 'ValidationException', { Target: target({ RetryPolicy: { MaximumRetryAttempts: 186 } }) }],
    [
      'events of 59 seconds',
      'ValidationException',
      { Target: target({ RetryPolicy: { MaximumEventAgeInSeconds: 59 } }) },
    ],
    ['a window without a length', 'ValidationException', { FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }],
  ])('%s: %s', async (_, error, more) => {
    const engine = await startEngine()
    expect(await errorName(create(engine, more))).toBe(error)
    expect(await errorName(get(engine))).toBe('ResourceNotFoundException')
  })

  it('an update of what does not exist', async () => {
    const engine = await startEngine()
    const update = new sdk.UpdateScheduleCommand(definition())
    expect(await errorName(engine.client().send(update))).toBe('ResourceNotFoundException')
  })

  it('an update that sends back a start that is over by now', async () => {
    const engine = await startEngine()
    const StartDate = new Date('2026-03-01T00:10:00Z')
    await create(engine, { StartDate })
    engine.clock.now += 16 * 60_000
    const update = new sdk.UpdateScheduleCommand(definition({ StartDate }))
    expect(await errorName(engine.client().send(update))).toBe('ValidationException')
  })

  it('a role that EventBridge Scheduler may not assume', async () => {
    const engine = await startEngine({ canAssume: arn => arn !== role('starter') })
    expect(await errorName(create(engine))).toBe('ValidationException')
  })

  it('a second group of a name, and an end of the default one', async () => {
    const engine = await startEngine()
    expect(await errorName(engine.client().send(new sdk.CreateScheduleGroupCommand({ Name: 'default' })))).toBe(
      'ConflictException',
    )
    expect(await errorName(engine.client().send(new sdk.DeleteScheduleGroupCommand({ Name: 'default' })))).toBe(
      'ValidationException',
    )
  })
})

describe('permissions', () => {
  const key = 'arn:aws:kms:eu-central-1:000000000000:key/k'
  const allow = (Action: string | string[], Resource: string) => ({
    Statement: [{ Effect: 'Allow' as const, Action, Resource }],
  })
  const schedule = allow(['scheduler:CreateSchedule', 'scheduler:UpdateSchedule'], scheduleArn('reminder'))
  const pass = {
    Statement: [
      {
        Effect: 'Allow' as const,
        Action: 'iam:PassRole',
        Resource: role('starter'),
        Condition: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      },
    ],
  }
  const useKey = allow(['kms:DescribeKey', 'kms:GenerateDataKey', 'kms:Decrypt'], key)
  const authorize = createAuthorizer({
    Nobody: [],
    NoRole: [schedule, useKey],
    NoKey: [schedule, pass],
    Mover: [schedule, pass, useKey],
    Reader: [allow('scheduler:GetSchedule', scheduleArn('reminder'))],
  })

  it.each([
    ['Nobody', 'AccessDeniedException'],
    ['NoRole', 'AccessDeniedException'],
    ['NoKey', 'AccessDeniedException'],
    ['Mover', 'no error'],
  ])('%s makes a schedule with a role and a key: %s', async (principal, expected) => {
    const engine = await startEngine({ authorize })
    const command = new sdk.CreateScheduleCommand(definition({ KmsKeyArn: key }))
    expect(await errorName(engine.client(principal).send(command))).toBe(expected)
  })

  it('a schedule under a key is read by who may use the key', async () => {
    const engine = await startEngine({ authorize })
    await create(engine, { KmsKeyArn: key })
    const read = new sdk.GetScheduleCommand({ Name: 'reminder' })
    expect(await errorName(engine.client('Reader').send(read))).toBe('AccessDeniedException')
    expect(await errorName(engine.client('Mover').send(read))).toBe('AccessDeniedException')
    await engine.client().send(new sdk.UpdateScheduleCommand(definition()))
    expect(await errorName(engine.client('Reader').send(read))).toBe('no error')
  })

  it('a call without a signature, or with a wrong one, is refused', async () => {
    const { engine } = await startEngine()
    expect((await fetch(`${engine.url}/schedules/reminder`)).status).toBe(403)
    const wrong = { authorization: 'AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=00' }
    expect((await fetch(`${engine.url}/schedules`, { headers: wrong })).status).toBe(403)
  })
})

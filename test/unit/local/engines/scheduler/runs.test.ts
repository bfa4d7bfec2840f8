import { CreateScheduleCommand, GetScheduleCommand, UpdateScheduleCommand } from '@aws-sdk/client-scheduler'
import { describe, expect, it } from 'vitest'
import { createAuthorizer } from '#infra/local/engines/iam.ts'
import { errorName } from '../support/client-options.ts'
import { definition, lambda, queue, role, scheduleArn, startEngine, target } from './support.ts'

type Engine = Awaited<ReturnType<typeof startEngine>>

const create = (engine: Engine, more: Parameters<typeof definition>[0]) =>
  engine.client().send(new CreateScheduleCommand(definition(more)))

const once = { Name: 'once', ScheduleExpression: 'at(2026-03-02T08:00:00)' }

describe('a schedule', () => {
  it('starts its target at each of its times, with the run filled into its input', async () => {
    const engine = await startEngine()
    engine.engine.begin()
    const Input = JSON.stringify({
      time: '<aws.scheduler.scheduled-time>',
      id: '<aws.scheduler.execution-id>',
      attempt: '<aws.scheduler.attempt-number>',
      of: '<aws.scheduler.schedule-arn>',
      else: '<aws.scheduler.unknown>',
    })
    await create(engine, { ScheduleExpression: 'cron(0 2 * * ? *)', Target: target({ Input }) })
    await engine.passTo('2026-03-01T01:59:59Z')
    expect(engine.started).toEqual([])
    await engine.passTo('2026-03-01T02:00:00Z')
    await engine.passTo('2026-03-02T02:00:01Z')
    const run = (time: string) => ({
      arn: lambda('remind'),
      payload: {
        time,
        id: expect.stringMatching(/^[\da-f-]{36}$/),
        attempt: '1',
        of: scheduleArn('reminder'),
        else: '<aws.scheduler.unknown>',
      },
    })
    expect(engine.started).toEqual([run('2026-03-01T02:00:00Z'), run('2026-03-02T02:00:00Z')])
    expect(engine.engine.isIdle()).toBe(true)
  })

  it('without an input sends the event that AWS makes up', async () => {
    const engine = await startEngine()
    engine.engine.begin()
    await create(engine, { ...once, Target: target({ Input: undefined }) })
    await engine.passTo('2026-03-02T08:00:00Z')
    expect(engine.payloads()).toEqual([
      expect.objectContaining({
        'detail-type': 'Scheduled Event',
        source: 'aws.scheduler',
        account: '000000000000',
        region: 'eu-central-1',
        time: '2026-03-02T08:00:00Z',
        resources: [scheduleArn('once')],
        detail: '{}',
      }),
    ])
  })

  it('counts a rate from when it was made, the first run being at once', async () => {
    const engine = await startEngine()
    engine.engine.begin()
    await create(engine, { ScheduleExpression: 'rate(1 hour)' })
    await engine.passTo('2026-03-01T00:00:00Z')
    await engine.passTo('2026-03-01T00:59:00Z')
    await engine.passTo('2026-03-01T01:00:00Z')
    expect(engine.payloads()).toEqual([{ at: '2026-03-01T00:00:00Z' }, { at: '2026-03-01T01:00:00Z' }])
  })

  it('that is disabled does nothing, and once enabled catches up on nothing', async () => {
    const engine = await startEngine()
    engine.engine.begin()
    const daily = { ScheduleExpression: 'cron(0 2 * * ? *)' }
    await create(engine, { ...daily, State: 'DISABLED' })
    await engine.passTo('2026-03-03T12:00:00Z')
    await engine.client().send(new UpdateScheduleCommand(definition(daily)))
    await engine.passTo('2026-03-04T02:00:00Z')
    expect(engine.payloads()).toEqual([{ at: '2026-03-04T02:00:00Z' }])
  })

  it('that is moved runs at its new times only', async () => {
    const engine = await startEngine()
    engine.engine.begin()
    await create(engine, { ScheduleExpression: 'cron(0 2 * * ? *)' })
    const ScheduleExpressionTimezone = 'Asia/Shanghai'
    const moved = definition({ ScheduleExpression: 'cron(30 3 ? * MON *)', ScheduleExpressionTimezone })
    await engine.client().send(new UpdateScheduleCommand(moved))
    await engine.passTo('2026-03-01T12:00:00Z')
    await engine.passTo('2026-03-01T19:30:00Z')
    expect(engine.payloads()).toEqual([{ at: '2026-03-01T19:30:00Z' }])
  })

  it.each([
    ['NONE', 'no error'],
    ['DELETE', 'ResourceNotFoundException'],
  ] as const)('that runs once, with %s after it, runs once', async (ActionAfterCompletion, gone) => {
    const engine = await startEngine()
    engine.engine.begin()
    await create(engine, { ...once, ActionAfterCompletion })
    await engine.passTo('2026-03-02T08:00:00Z')
    await engine.passTo('2026-03-09T08:00:00Z')
    expect(engine.payloads()).toEqual([{ at: '2026-03-02T08:00:00Z' }])
    expect(await errorName(engine.client().send(new GetScheduleCommand({ Name: 'once' })))).toBe(gone)
  })

  it('with DELETE goes after the last run before its end', async () => {
    const engine = await startEngine()
    engine.engine.begin()
    const ends = { ActionAfterCompletion: 'DELETE', EndDate: new Date('2026-03-03T00:00:00Z') } as const
    await create(engine, { ScheduleExpression: 'cron(0 2 * * ? *)', ...ends })
    for (const day of ['01', '02', '03', '04']) await engine.passTo(`2026-03-${day}T02:00:00Z`)
    expect(engine.payloads()).toEqual([{ at: '2026-03-01T02:00:00Z' }, { at: '2026-03-02T02:00:00Z' }])
    expect(await errorName(engine.client().send(new GetScheduleCommand({ Name: 'reminder' })))).toBe(
      'ResourceNotFoundException',
    )
  })
})

describe('a target that fails', () => {
  const failing = async (RetryPolicy: object, error = Object.assign(new Error('away'), { name: 'Unhandled' })) => {
    const engine = await startEngine()
    engine.engine.begin()
    const Target = target({ RetryPolicy, DeadLetterConfig: { Arn: queue('letters') } })
    await create(engine, { ...once, Target })
    engine.failing.set(lambda('remind'), error)
    await engine.passTo('2026-03-02T08:00:00Z')
    return engine
  }

  it('gets the same run again, after a pause that grows', async () => {
    const engine = await failing({})
    expect(engine.engine.isIdle()).toBe(false)
    await engine.passTo('2026-03-02T08:00:59Z')
    await engine.passTo('2026-03-02T08:01:00Z')
    engine.failing.clear()
    await engine.passTo('2026-03-02T08:02:59Z')
    expect(engine.started).toEqual([])
    await engine.passTo('2026-03-02T08:03:00Z')
    expect(engine.payloads()).toEqual([{ at: '2026-03-02T08:00:00Z' }])
    expect([engine.engine.isIdle(), engine.deadLetters]).toEqual([true, []])
  })

  it.each([
    [{ MaximumRetryAttempts: 0 }, ['08:00'], 'MaximumRetryAttempts', '0'],
    [{ MaximumRetryAttempts: 2 }, ['08:01', '08:03', '08:10'], 'MaximumRetryAttempts', '2'],
    [{ MaximumEventAgeInSeconds: 90 }, ['08:01', '08:03'], 'MaximumEventAgeInSeconds', '2'],
  ])('to the end has the run set aside: %j', async (policy, times, condition, attempts) => {
    const engine = await failing(policy)
    for (const time of times) await engine.passTo(`2026-03-02T${time}:00Z`)
    expect(engine.deadLetters).toEqual([
      {
        arn: queue('letters'),
        body: '{"at":"2026-03-02T08:00:00Z"}',
        attributes: {
          ERROR_CODE: 'Unhandled',
          ERROR_MESSAGE: 'away',
          EXECUTION_ID: expect.stringMatching(/^[\da-f-]{36}$/),
          EXHAUSTED_RETRY_CONDITION: condition,
          IS_PAYLOAD_TRUNCATED: 'false',
          RETRY_ATTEMPTS: attempts,
          SCHEDULED_TIME: '2026-03-02T08:00:00Z',
          SCHEDULE_ARN: scheduleArn('once'),
          TARGET_ARN: lambda('remind'),
        },
      },
    ])
    expect(engine.engine.isIdle()).toBe(true)
  })

  it('because it does not exist is not tried again', async () => {
    const engine = await failing(
      {},
      Object.assign(new Error('no such function'), { name: 'ResourceNotFoundException' }),
    )
    expect(engine.deadLetters.map(({ attributes }) => attributes['ERROR_CODE'])).toEqual(['ResourceNotFoundException'])
    expect(engine.deadLetters[0]?.attributes).not.toHaveProperty('EXHAUSTED_RETRY_CONDITION')
  })

  it('does not hold up the others', async () => {
    const engine = await failing({})
    await create(engine, {
      Name: 'other',
      ScheduleExpression: 'at(2026-03-02T08:00:30)',
      Target: target({ Arn: lambda('b') }),
    })
    await engine.passTo('2026-03-02T08:00:30Z')
    expect(engine.started.map(({ arn }) => arn)).toEqual([lambda('b')])
  })
})

describe('the execution role', () => {
  const key = 'arn:aws:kms:eu-central-1:000000000000:key/k'
  const allow = (Action: string, Resource: string) => ({ Statement: [{ Effect: 'Allow' as const, Action, Resource }] })
  const letters = allow('sqs:SendMessage', queue('letters'))

  it.each([
    ['may not start the target', [letters, allow('kms:Decrypt', key)], 'lambda:InvokeFunction'],
    ['may not use the key of the schedule', [letters, allow('lambda:InvokeFunction', lambda('remind'))], 'kms:Decrypt'],
  ])('%s: the run is set aside at once', async (_, policies, action) => {
    const engine = await startEngine({ authorize: createAuthorizer({ [role('starter')]: policies }) })
    engine.engine.begin()
    await create(engine, { ...once, KmsKeyArn: key, Target: target({ DeadLetterConfig: { Arn: queue('letters') } }) })
    await engine.passTo('2026-03-02T08:00:00Z')
    expect(engine.started).toEqual([])
    expect(engine.deadLetters.map(({ attributes }) => attributes)).toMatchObject([
      { ERROR_CODE: 'AccessDeniedException', ERROR_MESSAGE: expect.stringContaining(action), RETRY_ATTEMPTS: '0' },
    ])
  })

  it('may not even send dead letters: the run is gone, as on AWS', async () => {
    const log: string[] = []
    const authorize = createAuthorizer({ [role('starter')]: [] })
    const engine = await startEngine({ authorize, log: line => void log.push(line) })
    engine.engine.begin()
    await create(engine, { ...once, Target: target({ DeadLetterConfig: { Arn: queue('letters') } }) })
    await engine.passTo('2026-03-02T08:00:00Z')
    expect([engine.deadLetters, engine.engine.isIdle()]).toEqual([[], true])
    expect(log.join('\n')).toContain('sqs:SendMessage')
  })

  it('has no queue to send dead letters to: they are lost, and said to be', async () => {
    const log: string[] = []
    const sendDeadLetter = () => {
      throw new Error('There is no queue letters')
    }
    const engine = await startEngine({ sendDeadLetter, log: line => void log.push(line) })
    engine.engine.begin()
    engine.failing.set(target().Arn ?? '', new TypeError('no such function'))
    const RetryPolicy = { MaximumRetryAttempts: 0 }
    await create(engine, { ...once, Target: target({ RetryPolicy, DeadLetterConfig: { Arn: queue('letters') } }) })
    await engine.passTo('2026-03-02T08:00:00Z')
    expect(engine.engine.isIdle()).toBe(true)
    expect(log.join('\n')).toContain('The dead letter is lost: Error: There is no queue letters')
  })
})

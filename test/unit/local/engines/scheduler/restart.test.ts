import { CreateScheduleCommand, GetScheduleCommand, UpdateScheduleCommand } from '@aws-sdk/client-scheduler'
import { describe, expect, it } from 'vitest'
import { errorName } from '../support/client-options.ts'
import { definition, lambda, queue, startEngine, target } from './support.ts'

type Engine = Awaited<ReturnType<typeof startEngine>>

const create = (engine: Engine, more: Parameters<typeof definition>[0]) =>
  engine.client().send(new CreateScheduleCommand(definition(more)))

const once = { Name: 'once', ScheduleExpression: 'at(2026-03-02T08:00:00)' }

describe('a restart', () => {
  it('keeps schedules: each runs at its time', async () => {
    const before = await startEngine()
    await create(before, once)
    await before.engine.stop()
    const after = await startEngine({ dir: before.dir })
    after.engine.begin()
    await after.passTo('2026-03-02T08:00:00Z')
    expect(after.payloads()).toEqual([{ at: '2026-03-02T08:00:00Z' }])
  })

  it('runs once what was to run once while nothing ran, and says for when it was', async () => {
    const before = await startEngine()
    before.engine.begin()
    await create(before, { ...once, ActionAfterCompletion: 'DELETE' })
    await before.engine.stop()
    const after = await startEngine({ dir: before.dir }, '2026-03-02T20:00:00Z')
    after.engine.begin()
    await after.engine.runDue()
    await after.passTo('2026-03-09T08:00:00Z')
    expect(after.payloads()).toEqual([{ at: '2026-03-02T08:00:00Z' }])
  })

  it('sets aside what is older than its policy lets it be', async () => {
    const before = await startEngine()
    await create(before, { ...once, Target: target({ DeadLetterConfig: { Arn: queue('letters') } }) })
    await before.engine.stop()
    const after = await startEngine({ dir: before.dir }, '2026-03-03T08:00:01Z')
    after.engine.begin()
    await after.engine.runDue()
    expect(after.started).toEqual([])
    expect(after.deadLetters.map(({ attributes }) => attributes)).toMatchObject([
      {
        EXHAUSTED_RETRY_CONDITION: 'MaximumEventAgeInSeconds',
        SCHEDULED_TIME: '2026-03-02T08:00:00Z',
        RETRY_ATTEMPTS: '0',
      },
    ])
  })

  it.each(['cron(0 2 * * ? *)', 'rate(1 day)'])(
    'lets go of times of %s that went by, and goes on',
    async expression => {
      const before = await startEngine({}, '2026-03-01T02:00:00Z')
      await create(before, { ScheduleExpression: expression })
      await before.engine.stop()
      const after = await startEngine({ dir: before.dir }, '2026-03-01T12:00:00Z')
      after.engine.begin()
      await after.engine.runDue()
      expect(after.started).toEqual([])
      await after.passTo('2026-03-02T02:00:00Z')
      expect(after.payloads()).toEqual([{ at: '2026-03-02T02:00:00Z' }])
    },
  )

  it.each([
    ['five hours', '2026-03-02T07:00:00Z', ['2026-03-02T02:00:00Z', '2026-03-03T02:00:00Z']],
    ['seven hours', '2026-03-02T09:00:00Z', ['2026-03-03T02:00:00Z']],
  ])(
    'is not needed after %s of sleep: a recurring time is caught up on once, unless its policy finds it too old',
    async (_, awake, expected) => {
      const engine = await startEngine()
      engine.engine.begin()
      const RetryPolicy = { MaximumEventAgeInSeconds: 21_600 }
      const letters = { DeadLetterConfig: { Arn: queue('letters') } }
      await create(engine, { ScheduleExpression: 'cron(0 2 * * ? *)', Target: target({ RetryPolicy, ...letters }) })
      await engine.passTo('2026-03-02T01:00:00Z')
      engine.started.length = 0
      await engine.passTo(awake)
      await engine.passTo('2026-03-03T02:00:00Z')
      expect(engine.payloads()).toEqual(expected.map(at => ({ at })))
      expect(engine.deadLetters).toEqual([])
    },
  )

  it('tries again what a process was killed at, as the same run', async () => {
    const ids: string[] = []
    const gate = Promise.withResolvers<void>()
    const note = (payload: string) => void ids.push(JSON.parse(payload).id)
    const Target = target({ Input: '{"id":"<aws.scheduler.execution-id>"}' })
    const hang = (_: unknown, payload: string) => {
      note(payload)
      return gate.promise
    }
    const killed = await startEngine({ start: hang })
    killed.engine.begin()
    await create(killed, { ...once, Target })
    killed.clock.now = Date.parse('2026-03-02T08:00:00Z')
    void killed.engine.runDue()
    expect(ids).toHaveLength(1)
    // Not stopped: as after kill -9, only what is on disk is left.
    const after = await startEngine(
      { dir: killed.dir, start: async (_, payload) => note(payload) },
      '2026-03-02T08:00:05Z',
    )
    after.engine.begin()
    await after.engine.runDue()
    expect(ids).toEqual([ids[0], ids[0]])
    expect(after.engine.isIdle()).toBe(true)
    gate.resolve()
  })

  it('goes on with the tries that a failing target had left', async () => {
    const before = await startEngine()
    before.engine.begin()
    await create(before, once)
    before.failing.set(lambda('remind'), new Error('away'))
    await before.passTo('2026-03-02T08:00:00Z')
    await before.engine.stop()
    const after = await startEngine({ dir: before.dir }, '2026-03-02T08:00:30Z')
    after.engine.begin()
    await after.engine.runDue()
    expect(after.started).toEqual([])
    await after.passTo('2026-03-02T08:01:00Z')
    expect(after.payloads()).toEqual([{ at: '2026-03-02T08:00:00Z' }])
  })
})

describe('a template', () => {
  const properties = (more: object = {}) => ({ ...definition({ ScheduleExpression: 'cron(0 2 * * ? *)' }), ...more })
  const template = (more: object = {}, name = 'reminder') => ({
    groups: ['crm'],
    schedules: [{ groupName: 'crm', name, properties: properties(more) }],
  })
  const read = (engine: Engine, Name = 'reminder') =>
    engine.client().send(new GetScheduleCommand({ Name, GroupName: 'crm' }))
  const moved = definition({ GroupName: 'crm', ScheduleExpression: 'cron(0 5 * * ? *)' })

  it('that is the same at the next start leaves a schedule as it was moved to', async () => {
    const before = await startEngine()
    before.engine.applyTemplate(template())
    await before.client().send(new UpdateScheduleCommand(moved))
    await before.engine.stop()
    const after = await startEngine({ dir: before.dir })
    after.engine.applyTemplate(template())
    expect((await read(after)).ScheduleExpression).toBe('cron(0 5 * * ? *)')
  })

  it('that has changed is deployed anew', async () => {
    const engine = await startEngine()
    engine.engine.applyTemplate(template())
    await engine.client().send(new UpdateScheduleCommand(moved))
    engine.engine.applyTemplate(template({ Description: 'changed' }))
    expect(await read(engine)).toMatchObject({ ScheduleExpression: 'cron(0 2 * * ? *)', Description: 'changed' })
  })

  it('does not bring back what ran once, and takes away what it no longer has', async () => {
    const engine = await startEngine()
    const onceOnly = { ScheduleExpression: 'at(2026-03-02T08:00:00)', ActionAfterCompletion: 'DELETE' }
    engine.engine.applyTemplate(template(onceOnly))
    engine.engine.begin()
    await engine.passTo('2026-03-02T08:00:00Z')
    engine.engine.applyTemplate(template(onceOnly))
    expect(await errorName(read(engine))).toBe('ResourceNotFoundException')
    engine.engine.applyTemplate(template({}, 'other'))
    expect(await errorName(read(engine, 'other'))).toBe('no error')
    engine.engine.applyTemplate({ groups: ['crm'], schedules: [] })
    expect(await errorName(read(engine, 'other'))).toBe('ResourceNotFoundException')
  })

  it('writes times as text', async () => {
    const engine = await startEngine()
    engine.engine.applyTemplate(template({ StartDate: '2026-03-04T00:00:00Z' }))
    engine.engine.begin()
    for (const day of ['02', '03', '04']) await engine.passTo(`2026-03-${day}T02:00:00Z`)
    expect(engine.payloads()).toEqual([{ at: '2026-03-04T02:00:00Z' }])
  })
})

import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fireDue } from '#lib/reminders/fire-due.ts'
import { sweepDue } from '#lib/reminders/sweep-due.ts'
import type { ReminderDue } from '#schemas/events/reminder-due.ts'
import { remindersOf, toldTo } from '../../../support/reminders.ts'
import {
  type Cast,
  contextOf,
  handClock,
  seedCast,
  startTables,
  systemContext,
  type Tables,
} from '../../../support/table.ts'

let tables: Tables
let cast: Cast
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
})
afterAll(() => tables.stop())

const events = mockClient(EventBridgeClient)
const bus = { name: 'bus', client: new EventBridgeClient({}) }
beforeEach(() => events.reset().on(PutEventsCommand).resolves({ Entries: [] }))

/** What the bus was given since the last look. */
function announced(): ReminderDue[] {
  const entries = events.commandCalls(PutEventsCommand).flatMap(call => call.args[0].input.Entries ?? [])
  events.resetHistory()
  return entries.map(({ Detail = '' }) => JSON.parse(Detail))
}

describe('the sweep', () => {
  it('finds what was due and not told, after an outage of an hour: each once, and no more afterwards', async () => {
    const clock = handClock('2026-03-02T00:00:00.000Z')
    const system = systemContext(tables, { clock })
    const { create } = remindersOf(contextOf(tables, cast.rep, { clock }))
    for (const minute of ['10', '20', '30', '40', '50']) await create({ dueAt: `2026-03-02T09:${minute}:00` })
    await create({ dueAt: '2099-03-02T11:00:00' })
    await create({ dueAt: '2026-03-02T09:05:00', repeat: 'FREQ=HOURLY;COUNT=2' })
    // Nothing runs between nine and ten past ten.
    clock.advance(7_800_000)
    expect(await sweepDue(system, bus)).toEqual({ due: 6, announced: 6, dropped: 0 })
    for (const due of announced()) await fireDue(system, due)
    // The series was due twice in that hour: none of its times is left out.
    expect(await sweepDue(system, bus)).toEqual({ due: 1, announced: 1, dropped: 0 })
    for (const due of announced()) await fireDue(system, due)
    expect(await sweepDue(system, bus)).toEqual({ due: 0, announced: 0, dropped: 0 })
    expect(await toldTo(system, cast.rep)).toHaveLength(7)
  })

  it('leaves alone what is due for less than two minutes: its schedule may be on its way', async () => {
    const clock = handClock('2026-04-02T00:00:00.000Z')
    const { create } = remindersOf(contextOf(tables, cast.rep2, { clock }))
    await create({ dueAt: '2026-04-02T09:00:00' })
    clock.advance(3_600_000 + 119_000)
    expect((await sweepDue(systemContext(tables, { clock }), bus)).announced).toBe(0)
    clock.advance(2_000)
    expect((await sweepDue(systemContext(tables, { clock }), bus)).announced).toBe(1)
  })

  it('fails when the bus does not take an event, and finds it again', async () => {
    const clock = handClock('2026-05-02T00:00:00.000Z')
    const { create } = remindersOf(contextOf(tables, cast.manager, { clock }))
    const { id } = await create({ dueAt: '2026-05-02T09:00:00' })
    clock.advance(4_000_000)
    events.on(PutEventsCommand).resolves({ Entries: [{ ErrorCode: 'InternalFailure' }] })
    await expect(sweepDue(systemContext(tables, { clock }), bus)).rejects.toThrow('did not take')
    events.reset().on(PutEventsCommand).resolves({ Entries: [] })
    await sweepDue(systemContext(tables, { clock }), bus)
    expect(announced().map(({ recordId }) => recordId)).toContain(id)
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { fireDue } from '#lib/reminders/fire-due.ts'
import { followUser } from '#lib/reminders/follow-user.ts'
import type { JsonObject } from '#schemas/json.ts'
import { agendaEntries, remindersOf } from '../../../support/reminders.ts'
import {
  actorOf,
  contextOf,
  handClock,
  objectNamed,
  seedCast,
  startTables,
  systemContext,
  type Tables,
  toldBy,
} from '../../../support/table.ts'

let tables: Tables
let roleId: string
beforeAll(async () => {
  tables = await startTables()
  roleId = (await seedCast(tables)).roles['rep'] ?? ''
})
afterAll(() => tables.stop())

/** A user in a zone, on a day of 2026, with their reminders. */
async function stage(now: string, timeZone?: string) {
  const clock = handClock(now)
  const system = systemContext(tables, { clock })
  const input = { name: 'U', email: `${system.ids.next('x')}@example.com`, roleId, ...(timeZone && { timeZone }) }
  const { id } = await createRecord(system, { object: objectNamed('user'), input })
  const ctx = contextOf(tables, await actorOf(tables, id), { clock })
  const user = objectNamed('user')
  return {
    clock,
    system,
    ...remindersOf(ctx),
    moveTo: async (zone: string) => {
      await updateRecord(system, { object: user, id, patch: { timeZone: zone } })
      await followUser(system, id)
    },
  }
}

describe('when a new reminder is told', () => {
  it.each<[string, string, JsonObject, { nextAt?: string; zone?: string; note?: string }]>([
    [
      'on the tenant’s clocks when nobody says otherwise',
      '2026-03-01T00:00:00Z',
      { dueAt: '2026-03-02T09:00' },
      { nextAt: '2026-03-02T01:00:00.000Z', zone: 'Asia/Shanghai' },
    ],
    [
      'on the clocks it names',
      '2026-03-01T00:00:00Z',
      { dueAt: '2026-03-02T09:00:00', timeZone: 'America/New_York' },
      { nextAt: '2026-03-02T14:00:00.000Z', zone: 'America/New_York' },
    ],
    [
      'never, at a time that spring passes over, and the record says so',
      '2026-03-01T00:00:00Z',
      { dueAt: '2026-03-29T02:30:00', timeZone: 'Europe/Berlin' },
      {
        note: '2026-03-29T02:30:00 does not exist in Europe/Berlin, where clocks go forward: it is not told. Choose another time.',
      },
    ],
    [
      'the first time, at a time that comes twice',
      '2026-10-01T00:00:00Z',
      { dueAt: '2026-10-25T02:30:00', timeZone: 'Europe/Berlin' },
      { nextAt: '2026-10-25T00:30:00.000Z' },
    ],
    [
      'late, when it was due an hour ago',
      '2026-03-02T02:00:00Z',
      { dueAt: '2026-03-02T09:00:00' },
      { nextAt: '2026-03-02T01:00:00.000Z' },
    ],
    [
      'never, when it was due last week',
      '2026-03-09T02:00:00Z',
      { dueAt: '2026-03-02T09:00:00' },
      {
        note: '2026-03-02T09:00:00 in Asia/Shanghai was over more than a day ago: it is not told. Choose another time.',
      },
    ],
    [
      'from now on, when a series began long ago',
      '2026-03-09T02:00:00Z',
      { dueAt: '2020-01-01T09:00:00', repeat: 'FREQ=DAILY' },
      { nextAt: '2026-03-10T01:00:00.000Z' },
    ],
    [
      'on 29 February of a leap year',
      '2026-03-09T02:00:00Z',
      { dueAt: '2024-02-29T09:00:00', repeat: 'FREQ=YEARLY' },
      { nextAt: '2028-02-29T01:00:00.000Z' },
    ],
  ])('%s', async (_, now, input, expected) => {
    const { create } = await stage(now)
    const record = await create(input)
    expect({ nextAt: record['nextAt'], note: record['note'] }).toEqual({ nextAt: expected.nextAt, note: expected.note })
    expect(record).toMatchObject(expected)
  })

  it.each<[string, JsonObject, string[]]>([
    ['a time with an offset', { dueAt: '2026-03-02T09:00:00+08:00' }, ['validation_failed', '/dueAt invalid_time']],
    ['30 February', { dueAt: '2026-02-30T09:00:00' }, ['validation_failed', '/dueAt invalid_time']],
    [
      'a zone that is none',
      { dueAt: '2026-03-02T09:00:00', timeZone: 'Asia/Peking2' },
      ['validation_failed', '/timeZone invalid_time_zone'],
    ],
    [
      'a rule that is none',
      { dueAt: '2026-03-02T09:00:00', repeat: 'weekly' },
      ['validation_failed', '/repeat invalid_repeat'],
    ],
    [
      'a snooze without an end',
      { dueAt: '2026-03-02T09:00:00', state: 'snoozed' },
      ['validation_failed', '/snoozedUntil required'],
    ],
    [
      'a next time of one’s own',
      { dueAt: '2026-03-02T09:00:00', nextAt: '2026-03-02T09:00:00Z' },
      ['field_read_only', '/nextAt field_read_only'],
    ],
    [
      'a record that does not exist',
      { dueAt: '2026-03-02T09:00:00', about: 'cust_01h455vb4pex5vsknk084sn02q' },
      ['validation_failed', '/about invalid_reference'],
    ],
  ])('%s is refused', async (_, input, told) => {
    const { create } = await stage('2026-03-01T00:00:00Z')
    expect(await toldBy(create(input))).toEqual(told)
  })
})

describe('a reminder on its way', () => {
  it('goes from time to time, over the hour that spring leaves out, and says so', async () => {
    const { create, read, system, clock } = await stage('2026-03-27T12:00:00Z', 'Europe/Berlin')
    const { id, nextAt } = await create({ dueAt: '2026-03-28T02:30:00', repeat: 'FREQ=DAILY' })
    expect(nextAt).toBe('2026-03-28T01:30:00.000Z')
    clock.advance(24 * 3_600_000)
    await fireDue(system, { recordId: String(id), at: String(nextAt) })
    expect(await read(String(id))).toMatchObject({
      lastOccurrence: '2026-03-28T02:30:00',
      nextAt: '2026-03-30T00:30:00.000Z',
      note: '2026-03-29T02:30:00 does not exist in Europe/Berlin, where clocks go forward: that time is skipped.',
    })
  })

  it('follows its user to another zone, and keeps a zone of its own', async () => {
    const { create, read, moveTo } = await stage('2026-03-01T00:00:00Z', 'Asia/Shanghai')
    const own = await create({ dueAt: '2026-03-02T09:00:00', timeZone: 'Asia/Shanghai' })
    const theirs = await create({ dueAt: '2026-03-02T09:00:00' })
    await moveTo('Europe/Berlin')
    expect((await read(String(own['id'])))['nextAt']).toBe('2026-03-02T01:00:00.000Z')
    expect((await read(String(theirs['id'])))['nextAt']).toBe('2026-03-02T08:00:00.000Z')
  })

  it('is not told again by the clocks of a zone further west', async () => {
    const { create, read, system, moveTo, clock } = await stage('2026-03-02T00:00:00Z', 'Asia/Shanghai')
    const { id, nextAt } = await create({ dueAt: '2026-03-02T09:00:00', repeat: 'FREQ=DAILY' })
    clock.advance(3_600_000)
    await fireDue(system, { recordId: String(id), at: String(nextAt) })
    await moveTo('America/New_York')
    expect((await read(String(id)))['nextAt']).toBe('2026-03-03T14:00:00.000Z')
  })

  it('is snoozed, told at the end of it, and goes on with its series', async () => {
    const { create, patch, read, system, clock } = await stage('2026-03-02T00:00:00Z')
    const { id } = await create({ dueAt: '2026-03-02T09:00:00', repeat: 'FREQ=DAILY' })
    const snoozed = await patch(String(id), { snoozedUntil: '2026-03-04T10:00:00+08:00' })
    expect(snoozed).toMatchObject({ state: 'snoozed', nextAt: '2026-03-04T02:00:00.000Z' })
    clock.advance(3 * 86_400_000)
    expect(await fireDue(system, { recordId: String(id), at: '2026-03-04T02:00:00.000Z' })).toBe(true)
    const after = await read(String(id))
    expect(after).toMatchObject({ state: 'open', nextAt: '2026-03-05T01:00:00.000Z' })
    expect(after['snoozedUntil']).toBeUndefined()
  })

  it.each([{ state: 'open' }, { snoozedUntil: null }])('%o wakes it', async wake => {
    const { create, patch } = await stage('2026-03-01T00:00:00Z')
    const { id } = await create({ dueAt: '2026-03-02T09:00:00' })
    await patch(String(id), { snoozedUntil: '2026-03-03T10:00:00Z' })
    const awake = await patch(String(id), wake)
    expect(awake).toMatchObject({ state: 'open', nextAt: '2026-03-02T01:00:00.000Z' })
    expect(awake['snoozedUntil']).toBeUndefined()
  })

  it.each(['done', 'dismissed'])(
    '%s is told no more, and leaves the agenda; opened again it comes back',
    async state => {
      const { create, patch, system } = await stage('2026-03-01T00:00:00Z')
      const { id } = await create({ dueAt: '2026-03-02T09:00:00' })
      const ended = await patch(String(id), { state })
      expect(ended['nextAt']).toBeUndefined()
      expect(await agendaEntries(system)).not.toContainEqual(expect.stringContaining(String(id)))
      await patch(String(id), { state: 'open' })
      expect(await agendaEntries(system)).toContain(`${id}@2026-03-02T01:00:00.000Z`)
    },
  )
})

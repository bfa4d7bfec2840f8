import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nextAnniversary } from '#lib/follow-ups/date-hit.ts'
import { runFollowUps } from '#lib/follow-ups/run-follow-ups.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { ownerPartition } from '#lib/store/keys.ts'
import { readRows } from '#lib/store/query.ts'
import { toRecord } from '#lib/store/read.ts'
import type { JsonObject } from '#schemas/json.ts'
import { tenantPolicy } from '#schemas/settings.ts'
import { refusingWrites } from '../../../support/frail-store.ts'
import {
  type Cast,
  contextOf,
  handClock,
  objectNamed,
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

const day = 86_400_000
const clock = handClock('2026-03-02T00:00:00.000Z')
const rules = {
  rules: { 'A 级客户': { object: 'customer', condition: 'record.tier == "A"', noActivityDays: 14 } },
  dates: { Birthdays: { object: 'contact', field: 'birthday', daysBefore: 3, yearly: true } },
}
const evaluate = (followUps: object = rules) =>
  runFollowUps(systemContext(tables, { clock, policy: tenantPolicy.parse({ followUps }) }))
const make = async (name: string, input: JsonObject) =>
  (await createRecord(contextOf(tables, cast.admin, { clock }), { object: objectNamed(name), input })).id

async function remindersOf(userId: string): Promise<JsonObject[]> {
  const found = []
  for await (const { item } of readRows(
    systemContext(tables).store,
    { index: 'byOwner', pk: ownerPartition(userId, 'reminder') },
    { batch: 100 },
  ))
    found.push(toRecord(item).fields)
  return found
}

describe('records that cannot be followed up', () => {
  const own = handClock('2025-03-02T00:00:00.000Z')
  const followUps = { rules: { Quiet: { object: 'customer', noActivityDays: 14 } }, dates: {} }
  const ids: string[] = []
  const ctx = () => systemContext(tables, { clock: own, policy: tenantPolicy.parse({ followUps }) })
  const grow = async (to: number) => {
    const admin = contextOf(tables, cast.admin, { clock: own })
    for (let i = ids.length; i < to; i++) {
      const input = { name: `Poison ${i}`, ownerId: cast.outsider.id }
      ids.push((await createRecord(admin, { object: objectNamed('customer'), input })).id)
    }
    own.advance(20 * day)
  }

  it('hold up no other, and fail the run so that somebody looks', async () => {
    await grow(12)
    await expect(runFollowUps(refusingWrites(ctx(), ids.slice(3, 4)))).rejects.toThrow('cannot be written')
    expect(await remindersOf(cast.outsider.id)).toHaveLength(11)
    expect(await runFollowUps(ctx())).toMatchObject({ hits: 12, made: 1 })
  })

  it('end the run when they are very many', async () => {
    await grow(140)
    let tries = 0
    const refused = ids.slice(12)
    await expect(
      runFollowUps(
        refusingWrites(ctx(), refused, () => {
          tries += 1
        }),
      ),
    ).rejects.toThrow('cannot be written')
    expect(refused).toHaveLength(128)
    // 100 end it; 7 more were under way.
    expect(tries).toBeGreaterThanOrEqual(100)
    expect(tries).toBeLessThan(108)
  })
})

describe('rules for silence', () => {
  it('remind the owner of an A customer once for each silence, and not of one that was spoken with', async () => {
    const quiet = await make('customer', { name: '华兴贸易', tier: 'A', ownerId: cast.rep.id })
    const busy = await make('customer', { name: '青松', tier: 'A', ownerId: cast.rep.id })
    await make('customer', { name: '白云', tier: 'B', ownerId: cast.rep.id })
    clock.advance(10 * day)
    expect(await evaluate()).toMatchObject({ hits: 0 })
    await make('activity', {
      type: 'call',
      subject: 'x',
      status: 'done',
      occurredAt: '2026-03-11T00:00:00Z',
      customerId: busy,
    })
    await make('activity', { type: 'call', subject: 'x', status: 'planned', customerId: quiet })
    clock.advance(5 * day)
    expect(await evaluate()).toMatchObject({ hits: 1, made: 1 })
    expect(await evaluate()).toMatchObject({ hits: 1, made: 0 })
    clock.advance(day)
    expect(await evaluate()).toMatchObject({ hits: 1, made: 0 })
    expect(await remindersOf(cast.rep.id)).toMatchObject([
      {
        message: 'A 级客户：已有 14 天未跟进 华兴贸易',
        about: quiet,
        source: 'followUp',
        state: 'open',
        dueAt: '2026-03-17T09:00:00',
        nextAt: '2026-03-17T01:00:00.000Z',
      },
    ])
    await make('activity', {
      type: 'call',
      subject: 'x',
      status: 'done',
      occurredAt: clock.now().toISOString(),
      customerId: quiet,
    })
    expect(await evaluate()).toMatchObject({ made: 0 })
    clock.advance(15 * day)
    expect(await evaluate()).toMatchObject({ hits: 2, made: 2 })
  })

  it('are not evaluated when they are switched off, and tell nobody who has left', async () => {
    expect(await evaluate({ ...rules, enabled: false })).toEqual({ looked: 0, hits: 0, made: 0 })
    const lonely = await make('customer', { name: '无主', tier: 'A', ownerId: cast.rep2.id })
    clock.advance(20 * day)
    await updateRecord(systemContext(tables), {
      object: objectNamed('user'),
      id: cast.rep2.id,
      patch: { status: 'disabled' },
    })
    await evaluate()
    expect((await remindersOf(cast.rep2.id)).filter(({ about }) => about === lonely)).toEqual([])
  })
})

describe('rules for dates', () => {
  it('remind of a birthday days before, once a year, also when a day was missed', async () => {
    const today = clock.now().toISOString().slice(0, 10)
    const birthday = new Date(Date.parse(today) + 4 * day).toISOString().slice(5, 10)
    await make('contact', { name: 'Li Na', birthday: `1990-${birthday}`, ownerId: cast.manager.id })
    await evaluate()
    expect(await remindersOf(cast.manager.id)).toEqual([])
    clock.advance(2 * day)
    await evaluate()
    await evaluate()
    expect(await remindersOf(cast.manager.id)).toMatchObject([
      { source: 'date', message: expect.stringContaining(`Li Na，2026-${birthday}`) },
    ])
    clock.advance(365 * day)
    await evaluate()
    expect(await remindersOf(cast.manager.id)).toHaveLength(2)
  })

  it.each([
    ['1990-05-01', '2026-04-30', '2026-05-01'],
    ['1990-05-01', '2026-05-01', '2026-05-01'],
    ['1990-05-01', '2026-05-02', '2027-05-01'],
    ['1992-02-29', '2026-02-01', '2026-02-28'],
    ['1992-02-29', '2028-02-01', '2028-02-29'],
    ['1992-02-29', '2027-03-01', '2028-02-29'],
    ['1990-01-01', '2026-12-31', '2027-01-01'],
  ])('who was born on %s has the next birthday after %s on %s', (born, today, next) => {
    expect(nextAnniversary(born, today)).toBe(next)
  })
})

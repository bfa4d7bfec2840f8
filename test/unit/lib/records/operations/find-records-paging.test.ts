import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Actor } from '#lib/permissions/actor.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { findRecords, type ListQuery } from '#lib/records/operations/find-records.ts'
import { runBatch } from '#lib/records/operations/run-batch.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import type { Context } from '#lib/runtime/context.ts'
import { encodeCursor } from '#lib/store/cursor.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { JsonObject } from '#schemas/json.ts'
import {
  actorWithRole,
  type Cast,
  contextOf,
  handClock,
  objectNamed,
  seedCast,
  startTables,
  type Tables,
  testTenant,
  toldBy,
} from '../../../../support/table.ts'

const customer = objectNamed('customer')
const contact = objectNamed('contact')
const activity = objectNamed('activity')

let tables: Tables
let cast: Cast
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
})
afterAll(() => tables.stop())

const as = (actor: Actor, more: Partial<Context> = {}) => contextOf(tables, actor, more)
const find = (ctx: Context, object: ObjectDefinition, query: Partial<ListQuery> = {}) =>
  findRecords(ctx, { object, query: { limit: 200, ...query } })

/** All pages of a list. */
async function pagesOf(ctx: Context, object: ObjectDefinition, query: ListQuery): Promise<JsonObject[][]> {
  const pages: JsonObject[][] = []
  let cursor: string | undefined
  do {
    const page = await findRecords(ctx, { object, query: { ...query, cursor } })
    pages.push(page.items)
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return pages
}

/** The order in which industries are given to records. */
const industries = ['retail', 'finance', 'energy']
const filters = [
  { filter: 'true', wanted: industries },
  { filter: 'record.industry == "retail"', wanted: ['retail'] },
  { filter: 'record.industry in ["retail", "energy"]', wanted: ['retail', 'energy'] },
  { filter: 'record.tier == "A"', wanted: [] },
]

describe('paging', () => {
  it.each([1, 2, 3, 4, 5])('any limit, order and filter on %i shards: every record once, in order', async shards => {
    const owner = await actorWithRole(tables, {
      permissions: [{ object: 'customer', create: 'all', read: 'all', update: 'all', delete: 'all' }],
    })
    // Three records a millisecond, so that times alone do not order them.
    const clock = handClock('2026-01-01T00:00:00.000Z')
    const ctx = () => as(owner, { clock, tenant: { ...testTenant, listShards: shards } })
    const made = Array.from({ length: 24 }, (_, i) => ({ name: `${i}`, industry: industries[i % 3] ?? '' }))
    for (const [i, input] of made.entries()) {
      await createRecord(ctx(), { object: customer, input })
      clock.advance(Number(i % 3 === 2))
    }
    const query = fc.record({
      limit: fc.integer({ min: 1, max: 30 }),
      sort: fc.constantFrom('updatedAt' as const, '-updatedAt' as const),
      given: fc.constantFrom(...filters),
      mine: fc.constantFrom({ owner: 'me' }, { filter: 'record.createdBy == me && ' }),
    })
    await fc.assert(
      fc.asyncProperty(query, async ({ limit, sort, given, mine }) => {
        const filter = `${mine.filter ?? ''}${given.filter}`
        const pages = await pagesOf(ctx(), customer, { limit, sort, filter, owner: mine.owner })
        const keys = pages.flat().map(item => `${item['updatedAt']}#${item['id']}`)
        const rising = { updatedAt: keys, '-updatedAt': keys.toReversed() }[sort]
        expect(rising).toEqual(keys.toSorted())
        const names = pages.flat().map(item => item['name'])
        const expected = made.filter(({ industry }) => given.wanted.includes(industry)).map(({ name }) => name)
        expect(names.toSorted()).toEqual(expected.toSorted())
        expect(Math.max(...pages.map(page => page.length))).toBeLessThanOrEqual(limit)
      }),
      { seed: shards, numRuns: 6 },
    )
  })

  it('while others write, a walk from old to new meets every record at least once', async () => {
    const owner = await actorWithRole(tables, {
      permissions: [{ object: 'customer', create: 'all', read: 'all', update: 'all', delete: 'all' }],
    })
    const ids: string[] = []
    for (let i = 0; i < 30; i++)
      ids.push((await createRecord(as(owner), { object: customer, input: { name: `${i}` } })).id)
    const seen = new Set<unknown>()
    let cursor: string | undefined
    let walked = 0
    do {
      const page = await find(as(owner), customer, { limit: 4, sort: 'updatedAt', owner: 'me', cursor })
      for (const item of page.items) seen.add(item['id'])
      const moved = ids[(walked * 7) % ids.length] ?? ''
      await updateRecord(as(owner), { object: customer, id: moved, patch: { name: `moved ${walked}` } })
      cursor = page.nextCursor
      walked += 1
    } while (cursor !== undefined && walked < 30)
    expect(ids.filter(id => !seen.has(id))).toEqual([])
  })

  it('the last page has no cursor, also when it is full', async () => {
    const owner = await actorWithRole(tables, {
      permissions: [{ object: 'customer', create: 'all', read: 'all', update: 'all', delete: 'all' }],
    })
    for (let i = 0; i < 4; i++) await createRecord(as(owner), { object: customer, input: { name: `${i}` } })
    const pages = await pagesOf(as(owner), customer, { limit: 2, owner: 'me' })
    expect(pages.map(page => page.length)).toEqual([2, 2])
  })

  it('a list takes one query a partition, whatever the table holds', async () => {
    const ctx = as(cast.admin)
    await find(ctx, customer, { limit: 5 })
    expect(ctx.store.meter.calls).toBe(testTenant.listShards)
  })
})

describe('a bounded scan', () => {
  it('a page whose time is up ends with what it has, and its cursor goes on', async () => {
    const clock = handClock()
    const hurried = {
      now: () => {
        clock.advance(1000)
        return clock.now()
      },
    }
    const owner = await actorWithRole(tables, {
      permissions: [{ object: 'customer', create: 'all', read: 'all', update: 'all', delete: 'all' }],
    })
    for (let i = 0; i < 20; i++) await createRecord(as(owner), { object: customer, input: { name: `${i}` } })
    const query = { limit: 50, owner: 'me', filter: 'record.name != "nobody"' }
    const pages = await pagesOf(as(owner, { clock: hurried }), customer, query)
    expect(pages.length).toBeGreaterThan(2)
    expect(pages.flat()).toHaveLength(20)
  })

  it('a page of long texts ends before it is too large to answer, and its cursor goes on', async () => {
    const { id } = await createRecord(as(cast.admin), { object: contact, input: { name: 'wordy' } })
    const body = '中'.repeat(49_000)
    const operations = Array.from({ length: 30 }, () => ({
      op: 'create' as const,
      record: { type: 'note', subject: 'x', body, assigneeId: cast.rep2.id, tags: [id] },
    }))
    await runBatch(as(cast.admin), { object: activity, atomic: false, operations })
    const pages = await pagesOf(as(cast.rep2), activity, { limit: 50, owner: 'me' })
    expect(pages.length).toBeGreaterThan(1)
    expect(pages.flat()).toHaveLength(30)
    expect(Math.max(...pages.map(page => Buffer.byteLength(JSON.stringify(page))))).toBeLessThan(5_500_000)
  })
})

describe('cursors', () => {
  const query = { limit: 1, sort: '-updatedAt' } as const
  const cursorOf = async (actor: Actor, more: Partial<ListQuery> = {}) =>
    (await find(as(actor), customer, { ...query, ...more })).nextCursor

  it.each<[string, Partial<ListQuery>]>([
    ['another order', { sort: 'updatedAt' }],
    ['another filter', { filter: 'record.tier == "A"' }],
    ['another owner', { owner: 'me' }],
    ['the trash', { trash: true }],
  ])('one of another query is refused: %s', async (_what, change) => {
    const cursor = await cursorOf(cast.admin)
    expect(await toldBy(find(as(cast.admin), customer, { ...query, ...change, cursor }))).toEqual([
      'invalid_cursor',
      '?cursor invalid_cursor',
    ])
  })

  it('one of another person is refused', async () => {
    const cursor = await cursorOf(cast.admin)
    expect(await toldBy(find(as(cast.auditor), customer, { ...query, cursor }))).toContain('invalid_cursor')
  })

  it('limit and fields may change on the way', async () => {
    const cursor = await cursorOf(cast.admin)
    const { items } = await find(as(cast.admin), customer, { ...query, cursor, limit: 3, fields: ['name'] })
    expect(items).toHaveLength(3)
  })

  it.each([
    ['no position', {}],
    ['an empty position', { s: '' }],
    ['a position of 2,000 characters', { s: 'x'.repeat(2000) }],
  ])('one made by somebody who knows how is refused: %s', async (_what, position) => {
    const identity = [cast.admin.id, 'customer', undefined, '-updatedAt', undefined, undefined, false]
    const cursor = encodeCursor(identity, position as Record<string, string>)
    expect(await toldBy(find(as(cast.admin), customer, { ...query, cursor }))).toContain('invalid_cursor')
  })

  it('a position outside the children asked for is refused', async () => {
    const parent = await createRecord(as(cast.admin), { object: customer, input: { name: 'p' } })
    const identity = [cast.admin.id, 'activity', undefined, '-updatedAt', undefined, parent.id, false]
    const cursor = encodeCursor(identity, { s: 'a' })
    expect(await toldBy(find(as(cast.admin), activity, { limit: 1, parent: parent.id, cursor }))).toContain(
      'invalid_cursor',
    )
  })
})

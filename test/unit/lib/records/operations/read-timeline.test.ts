import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { readTimeline } from '#lib/records/operations/read-timeline.ts'
import { removeRecord } from '#lib/records/operations/remove-record.ts'
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

async function wholeTimeline(ctx: Context, object: ObjectDefinition, id: string, limit: number): Promise<JsonObject[]> {
  const items: JsonObject[] = []
  let cursor: string | undefined
  do {
    const page = await readTimeline(ctx, { object, id, limit, cursor })
    expect(page.items.length).toBeLessThanOrEqual(limit)
    items.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return items
}

const minute = (i: number) => `2026-01-01T00:${String(i).padStart(2, '0')}:00.000Z`
const subjectOf = (item: JsonObject) => (item['activity'] as JsonObject | undefined)?.['subject']

describe('readTimeline', () => {
  it('shows activities and changes newest first, each once, whatever the page size', async () => {
    const clock = handClock(minute(0))
    const ctx = () => contextOf(tables, cast.admin, { clock })
    const { id } = await createRecord(ctx(), { object: customer, input: { name: '0' } })
    for (let i = 1; i <= 8; i++) {
      clock.advance(120_000)
      await updateRecord(ctx(), { object: customer, id, patch: { name: `${i}` } })
      const input = { type: 'call', subject: `call ${i}`, customerId: id, occurredAt: minute(2 * i - 1) }
      await createRecord(ctx(), { object: activity, input })
    }
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), async limit => {
        const items = await wholeTimeline(ctx(), customer, id, limit)
        expect(items.map(item => item['at'])).toEqual(Array.from({ length: 17 }, (_, i) => minute(16 - i)))
        expect(items.flatMap(item => subjectOf(item) ?? [])).toEqual([8, 7, 6, 5, 4, 3, 2, 1].map(i => `call ${i}`))
      }),
      { seed: 3, numRuns: 8 },
    )
  })

  it('many activities of one moment are all shown once', async () => {
    const ctx = contextOf(tables, cast.admin)
    const { id } = await createRecord(ctx, { object: customer, input: { name: 'x' } })
    for (let i = 0; i < 9; i++) {
      const input = { type: 'note', subject: `${i}`, customerId: id, occurredAt: minute(1) }
      await createRecord(ctx, { object: activity, input })
    }
    const subjects = (await wholeTimeline(ctx, customer, id, 2)).flatMap(item => subjectOf(item) ?? [])
    expect(subjects.toSorted()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8'])
  })

  it('a contact has a timeline by look-up', async () => {
    const ctx = contextOf(tables, cast.admin)
    const { id } = await createRecord(ctx, { object: contact, input: { name: 'x' } })
    for (const [subject, i] of [
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ] as const)
      await createRecord(ctx, {
        object: activity,
        input: { type: 'call', subject, contactId: id, occurredAt: minute(i) },
      })
    const items = await wholeTimeline(ctx, contact, id, 2)
    expect(items.flatMap(item => subjectOf(item) ?? [])).toEqual(['c', 'b', 'a'])
  })

  it('an activity moves with its time, and leaves with its deletion', async () => {
    const ctx = contextOf(tables, cast.admin)
    const { id } = await createRecord(ctx, { object: contact, input: { name: 'x' } })
    const make = async (subject: string, i: number) =>
      (
        await createRecord(ctx, {
          object: activity,
          input: { type: 'call', subject, contactId: id, occurredAt: minute(i) },
        })
      ).id
    const [first, second] = [await make('first', 1), await make('second', 2)]
    await updateRecord(ctx, { object: activity, id: first, patch: { occurredAt: minute(3) } })
    const subjects = async () => (await wholeTimeline(ctx, contact, id, 5)).flatMap(item => subjectOf(item) ?? [])
    expect(await subjects()).toEqual(['first', 'second'])
    await removeRecord(ctx, { object: activity, id: second })
    expect(await subjects()).toEqual(['first'])
  })

  it('leaves out activities that the actor may not see, without losing those behind them', async () => {
    const { id } = await createRecord(contextOf(tables, cast.rep), { object: customer, input: { name: 'x' } })
    for (let i = 1; i <= 6; i++)
      await createRecord(contextOf(tables, cast.admin), {
        object: activity,
        input: {
          type: 'call',
          subject: `${i}`,
          customerId: id,
          occurredAt: `2030-01-01T00:0${i}:00Z`,
          assigneeId: [cast.rep.id, cast.outsider.id][i % 2] ?? '',
        },
      })
    const items = await wholeTimeline(contextOf(tables, cast.rep), customer, id, 2)
    expect(items.flatMap(item => subjectOf(item) ?? [])).toEqual(['6', '4', '2'])
  })

  it('shows the changes alone to a role that does not reach activities', async () => {
    const reader = await actorWithRole(tables, {
      permissions: [{ object: 'customer', create: 'none', read: 'all', update: 'none', delete: 'none' }],
      fieldAccess: [{ object: 'customer', field: 'taxId', access: 'hidden' }],
    })
    const ctx = contextOf(tables, cast.admin)
    const { id } = await createRecord(ctx, { object: customer, input: { name: 'x', taxId: 'SECRET-1' } })
    await createRecord(ctx, { object: activity, input: { type: 'call', subject: 'hidden call', customerId: id } })
    const items = await wholeTimeline(contextOf(tables, reader), customer, id, 5)
    expect(items.map(item => item['kind'])).toEqual(['change'])
    expect(JSON.stringify(items)).not.toMatch(/hidden call|SECRET-1|taxId/)
  })

  it('a record that the actor may not see has none', async () => {
    const { id } = await createRecord(contextOf(tables, cast.outsider), { object: customer, input: { name: 'x' } })
    const ctx = contextOf(tables, cast.rep)
    expect(await toldBy(readTimeline(ctx, { object: customer, id, limit: 5 }))).toEqual(['not_found'])
  })

  it.each<[string, Record<string, string>]>([
    ['no version', { changes: 'x' }],
    ['a negative version', { changes: '-1' }],
    ['a position in another object', { activity: 'contact#x' }],
    ['an empty position', { activity: '' }],
  ])('a forged position is refused: %s', async (_what, position) => {
    const ctx = contextOf(tables, cast.admin)
    const { id } = await createRecord(ctx, { object: customer, input: { name: 'x' } })
    const cursor = encodeCursor([cast.admin.id, 'timeline', id], position)
    expect(await toldBy(readTimeline(ctx, { object: customer, id, limit: 5, cursor }))).toEqual([
      'invalid_cursor',
      '?cursor invalid_cursor',
    ])
  })
})

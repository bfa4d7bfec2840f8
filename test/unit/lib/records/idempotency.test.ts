import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { readHistory } from '#lib/records/operations/read-history.ts'
import { removeRecord } from '#lib/records/operations/remove-record.ts'
import { restoreRecord } from '#lib/records/operations/restore-record.ts'
import { revertRecord } from '#lib/records/operations/revert-record.ts'
import { type BatchOperation, type BatchResult, runBatch } from '#lib/records/operations/run-batch.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { upsertRecord } from '#lib/records/operations/upsert-record.ts'
import type { Written } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { JsonObject } from '#schemas/json.ts'
import {
  type Cast,
  contextOf,
  countItems,
  handClock,
  objectNamed,
  seedCast,
  startTables,
  type Tables,
  toldBy,
} from '../../../support/table.ts'

const customer = objectNamed('customer')
const day = 24 * 60 * 60 * 1000

let tables: Tables
let cast: Cast
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
})
afterAll(() => tables.stop())

const plain = () => contextOf(tables, cast.admin)
const keyed = (key: string, requestHash = 'hash', more: Partial<Context> = {}) =>
  contextOf(tables, cast.admin, { idempotency: { key, requestHash }, ...more })
const make = async (input: JsonObject = {}) =>
  (await createRecord(plain(), { object: customer, input: { name: 'x', ...input } })).id
const versionsOf = async (id: string) => (await readHistory(plain(), { object: customer, id, limit: 50 })).items.length

type Repeatable = (ctx: Context, id: string) => Promise<Written>
const writes: Record<string, Repeatable> = {
  create: ctx => createRecord(ctx, { object: customer, input: { name: 'new' } }),
  patch: (ctx, id) => updateRecord(ctx, { object: customer, id, patch: { name: 'y' } }),
  'conditional patch': (ctx, id) => updateRecord(ctx, { object: customer, id, patch: { name: 'y' }, ifVersions: [1] }),
  'patch that changes nothing': (ctx, id) => updateRecord(ctx, { object: customer, id, patch: { name: 'x' } }),
  delete: (ctx, id) => removeRecord(ctx, { object: customer, id }),
  'conditional delete': (ctx, id) => removeRecord(ctx, { object: customer, id, ifVersions: [1] }),
  restore: (ctx, id) => restoreRecord(ctx, { object: customer, id }),
  revert: (ctx, id) => revertRecord(ctx, { object: customer, id, toVersion: 1 }),
  upsert: (ctx, id) =>
    upsertRecord(ctx, { object: customer, system: 'erp', externalId: id.replaceAll('_', '-'), input: { name: 'u' } }),
}

describe.each(Object.entries(writes))('%s, sent again with its key', (name, write) => {
  it('answers as the first time and changes nothing', async () => {
    const id = await make()
    const first = await write(keyed(`again ${name}`), id)
    const items = await countItems(tables)
    const second = await write(keyed(`again ${name}`), id)
    expect([first.replayed, second.replayed]).toEqual([false, true])
    expect(second).toEqual({ ...first, replayed: true })
    expect(await countItems(tables)).toBe(items)
  })

  it('answers as the first time even when the record has moved on', async () => {
    const id = await make()
    const first = await write(keyed(`later ${name}`), id)
    await restoreRecord(plain(), { object: customer, id: first.id })
    await updateRecord(plain(), { object: customer, id: first.id, patch: { name: 'moved on', tier: 'B' } })
    const second = await write(keyed(`later ${name}`), id)
    expect(second).toEqual({ ...first, replayed: true })
  })

  it('is refused with another request', async () => {
    const id = await make()
    await write(keyed(`reused ${name}`), id)
    expect(await toldBy(write(keyed(`reused ${name}`, 'other hash'), id))).toEqual(['idempotency_key_reused'])
  })
})

describe('an idempotency key', () => {
  it('of 50 requests at once one writes, and all answer alike', async () => {
    const ctx = () => keyed('parallel')
    const request = { object: customer, input: { name: 'once' } }
    const answers = await Promise.all(Array.from({ length: 50 }, () => createRecord(ctx(), request)))
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect(new Set(answers.map(({ record }) => JSON.stringify(record))).size).toBe(1)
  })

  it('of 50 patches at once one is a change', async () => {
    const id = await make()
    const request = { object: customer, id, patch: { name: 'y' } }
    await Promise.all(Array.from({ length: 50 }, () => updateRecord(keyed('parallel patch'), request)))
    expect(await versionsOf(id)).toBe(2)
  })

  it('is told apart from another request even when that one is malformed', async () => {
    await createRecord(keyed('malformed'), { object: customer, input: { name: 'x' } })
    const bad = createRecord(keyed('malformed', 'other'), { object: customer, input: { nope: 1 } })
    expect(await toldBy(bad)).toEqual(['idempotency_key_reused'])
  })

  it('of a request that was refused can be used again', async () => {
    await toldBy(createRecord(keyed('refused', 'bad'), { object: customer, input: { nope: 1 } }))
    const again = await createRecord(keyed('refused', 'good'), { object: customer, input: { name: 'x' } })
    expect(again).toMatchObject({ outcome: 'created', replayed: false })
  })

  it('is not used up by a dry run', async () => {
    const request = { object: customer, input: { name: 'x' } }
    await createRecord(keyed('dry', 'h'), { ...request, dryRun: true })
    expect(await createRecord(keyed('dry', 'h'), request)).toMatchObject({ replayed: false })
  })

  it('is remembered for a day and then forgotten, swept or not', async () => {
    const clock = handClock('2026-05-01T00:00:00.500Z')
    const send = () => createRecord(keyed('day', 'h', { clock }), { object: customer, input: { name: 'x' } })
    const first = await send()
    clock.advance(day - 2000)
    const within = await send()
    clock.advance(2000)
    const after = await send()
    expect([within.id, within.replayed]).toEqual([first.id, true])
    expect([after.id === first.id, after.replayed]).toEqual([false, false])
  })

  it('shows a repeated answer as the role may see it now', async () => {
    const input = { name: 'x', taxId: 'IDEM-SECRET' }
    await createRecord(keyed('role', 'h'), { object: customer, input })
    const role = { ...cast.admin.role, fields: new Map([['customer.taxId', 'hidden' as const]]) }
    const ctx = { ...keyed('role', 'h'), actor: { ...cast.admin, role } }
    const again = await createRecord(ctx, { object: customer, input: { name: 'x' } })
    expect(again.record).not.toHaveProperty('taxId')
  })
})

describe('a batch with a key', () => {
  const ends = (results: BatchResult[]) =>
    results.map(each => ('written' in each ? [each.written.id, each.written.replayed] : ['error', false]))
  const create = (name: string): BatchOperation => ({ op: 'create', record: { name } })
  const run = (ctx: Context, atomic: boolean, operations: BatchOperation[]) =>
    runBatch(ctx, { object: customer, atomic, operations })

  it.each([
    ['atomic', true],
    ['not atomic', false],
  ])('%s: sent again, every operation answers as the first time', async (name, atomic) => {
    const id = await make()
    const operations: BatchOperation[] = [
      create('a'),
      create('b'),
      { op: 'update', id, patch: { name: 'y' } },
      { op: 'upsert', system: 'erp', externalId: name.replaceAll(' ', '-'), record: { name: 'u' } },
    ]
    const first = await run(keyed(`batch ${name}`), atomic, operations)
    const items = await countItems(tables)
    const second = await run(keyed(`batch ${name}`), atomic, operations)
    expect(ends(first).map(([, replayed]) => replayed)).toEqual([false, false, false, false])
    expect(ends(second)).toEqual(ends(first).map(([each]) => [each, true]))
    expect(await countItems(tables)).toBe(items)
  })

  it('not atomic: what failed the first time is tried again, what was done is not', async () => {
    const taken = await make({ taxId: 'BATCH-1' })
    const operations: BatchOperation[] = [create('a'), { op: 'create', record: { name: 'b', taxId: 'BATCH-1' } }]
    const first = await run(keyed('batch retry'), false, operations)
    await removeRecord(plain(), { object: customer, id: taken })
    const second = await run(keyed('batch retry'), false, operations)
    expect(ends(first)[1]).toEqual(['error', false])
    expect(ends(second).map(([, replayed]) => replayed)).toEqual([true, false])
    expect(ends(second)[0]?.[0]).toBe(ends(first)[0]?.[0])
  })

  it('atomic: of 20 at once one writes', async () => {
    const before = await countItems(tables, 'I#')
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => run(keyed('batch parallel'), true, [create('a'), create('b')])),
    )
    expect(new Set(answers.map(each => JSON.stringify(ends(each).map(([id]) => id)))).size).toBe(1)
    expect(await countItems(tables, 'I#')).toBe(before + 1)
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CrmError } from '#lib/errors.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { getRecord } from '#lib/records/operations/get-record.ts'
import { type BatchOperation, type BatchResult, runBatch } from '#lib/records/operations/run-batch.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { JsonObject } from '#schemas/json.ts'
import {
  type Cast,
  contextOf,
  countItems,
  holderOf,
  objectNamed,
  refusalOf,
  seedCast,
  startTables,
  type Tables,
  toldBy,
} from '../../../../support/table.ts'

const customer = objectNamed('customer')
const user = objectNamed('user')

let tables: Tables
let cast: Cast
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
})
afterAll(() => tables.stop())

const asAdmin = () => contextOf(tables, cast.admin)
const make = async (input: JsonObject = {}) =>
  (await createRecord(asAdmin(), { object: customer, input: { name: 'x', ...input } })).id
const run = (atomic: boolean, operations: BatchOperation[], ctx: Context = asAdmin(), more: object = {}) =>
  runBatch(ctx, { object: customer, atomic, operations, ...more })
const create = (record: JsonObject): BatchOperation => ({ op: 'create', record })
const nameOf = async (id: string) => (await getRecord(asAdmin(), { object: customer, id })).record['name']

/** What became of each operation: its outcome, `read`, or the code of its error. */
function endOf(result: BatchResult): string {
  if ('written' in result) return result.written.outcome
  return 'error' in result ? result.error.code : 'read'
}

describe('an atomic batch', () => {
  it('is one call to write', async () => {
    const ctx = asAdmin()
    await run(true, [create({ name: 'a' }), create({ name: 'b' }), create({ name: 'c' })], ctx)
    expect(ctx.store.meter.calls).toBe(1)
  })

  it('does all', async () => {
    const [a, b] = [await make(), await make()]
    const results = await run(true, [
      create({ name: 'new' }),
      { op: 'update', id: a, patch: { name: 'y' } },
      { op: 'delete', id: b, ifVersion: 1 },
      { op: 'upsert', system: 'erp', externalId: 'a1', record: { name: 'u' } },
    ])
    expect(results.map(endOf)).toEqual(['created', 'updated', 'deleted', 'created'])
    expect(await nameOf(a)).toBe('y')
  })

  it.each<[string, BatchOperation, string[]]>([
    ['a bad field', create({ nope: 1 }), ['unknown_field', '/operations/2/nope unknown_field']],
    ['a missing name', create({}), ['validation_failed', '/operations/2/name required']],
    [
      'a bad value deep inside',
      create({ name: 'x', emails: [{ value: 'x' }] }),
      ['validation_failed', '/operations/2/emails/0/value invalid_email'],
    ],
    [
      'a missing record',
      { op: 'update', id: 'cust_01h455vb4pex5vsknk084sn02q', patch: {} },
      ['not_found', '/operations/2 not_found'],
    ],
    [
      'a taken value',
      create({ name: 'x', taxId: 'ATOMIC-1' }),
      ['unique_violation', '/operations/2/taxId unique_violation'],
    ],
  ])('with %s does nothing, and says which operation is to blame', async (_what, bad, told) => {
    await run(false, [create({ name: 'holder', taxId: 'ATOMIC-1' })])
    const id = await make()
    const before = await countItems(tables)
    const operations: BatchOperation[] = [create({ name: 'a' }), { op: 'update', id, patch: {} }, bad]
    expect(await toldBy(run(true, operations))).toEqual(told)
    expect(await countItems(tables)).toBe(before)
  })

  it('says where a version is not the one that was seen', async () => {
    const id = await make()
    const operations: BatchOperation[] = [
      create({ name: 'a' }),
      { op: 'update', id, patch: { name: 'y' }, ifVersion: 3 },
    ]
    const error = await refusalOf(run(true, operations))
    expect([error.code, error.members, error.errors[0]?.pointer]).toEqual([
      'version_conflict',
      { currentVersion: 1 },
      '/operations/1',
    ])
  })

  it('says where the actor may not', async () => {
    const operations: BatchOperation[] = [
      { op: 'update', id: cast.rep.id, patch: { name: 'y' } },
      { op: 'update', id: cast.admin.id, patch: { roleId: cast.roles['rep'] ?? '' } },
    ]
    expect(await toldBy(runBatch(asAdmin(), { object: user, atomic: true, operations }))).toEqual([
      'field_read_only',
      '/operations/1/roleId field_read_only',
    ])
  })

  it('over 100 stored items is refused, and nothing is written', async () => {
    const before = await countItems(tables)
    const operations = Array.from({ length: 40 }, (_, i) => create({ name: `Over ${i}` }))
    expect(await toldBy(run(true, operations))).toEqual(['validation_failed', '/operations too_many_items'])
    expect(await countItems(tables)).toBe(before)
  })

  it('of exactly 100 stored items is written', async () => {
    const before = await countItems(tables)
    const operations = Array.from({ length: 33 }, (_, i) => create({ name: `Full ${i}` }))
    const ctx = { ...asAdmin(), idempotency: { key: 'full', requestHash: 'h' } }
    expect((await run(true, operations, ctx)).map(endOf)).toEqual(Array.from({ length: 33 }, () => 'created'))
    expect(await countItems(tables)).toBe(before + 100)
  })

  it('over 4 MB is refused, and nothing is written', async () => {
    const activity = objectNamed('activity')
    const body = '中'.repeat(49_000)
    const operations = Array.from({ length: 20 }, (): BatchOperation => create({ type: 'note', subject: 'x', body }))
    expect(await toldBy(runBatch(asAdmin(), { object: activity, atomic: true, operations }))).toEqual([
      'validation_failed',
      '/operations too_long',
    ])
  })

  it('may not read', async () => {
    const told = await toldBy(run(true, [{ op: 'get', id: await make() }]))
    expect(told).toEqual(['validation_failed', '/operations invalid_operation'])
  })

  it('may change a record once', async () => {
    const id = await make()
    const operations: BatchOperation[] = [
      { op: 'update', id, patch: { name: 'y' } },
      { op: 'delete', id },
    ]
    expect(await toldBy(run(true, operations))).toEqual(['validation_failed', '/operations/1/id repeated_record'])
  })

  it('may change a record once, by whatever name', async () => {
    const id = await make({ externalIds: [{ system: 'erp', id: 'twice' }] })
    const operations: BatchOperation[] = [
      { op: 'update', id, patch: { name: 'y' } },
      { op: 'upsert', system: 'erp', externalId: 'twice', record: { name: 'z' } },
    ]
    expect(await toldBy(run(true, operations))).toEqual(['validation_failed', '/operations/1 repeated_record'])
  })

  it('may give a unique value to one record only', async () => {
    const operations = [create({ name: 'a', taxId: 'ONLY-1' }), create({ name: 'b', taxId: 'only-1' })]
    expect(await toldBy(run(true, operations))).toEqual(['unique_violation', '/operations/1/taxId unique_violation'])
  })

  it.each([
    ['giver first', 0],
    ['taker first', 1],
  ])('moves a unique value from one record to another: %s', async (order, rotate) => {
    const taxId = `MOVE-${rotate}`
    const [giver, taker] = [await make({ taxId }), await make()]
    const operations: BatchOperation[] = [
      { op: 'update', id: giver, patch: { taxId: null } },
      { op: 'update', id: taker, patch: { taxId } },
    ]
    const ordered = [...operations.slice(rotate), ...operations.slice(0, rotate)]
    expect((await run(true, ordered)).map(endOf), order).toEqual(['updated', 'updated'])
    expect(await holderOf(asAdmin().store, 'customer', 'taxId', taxId.toLowerCase())).toBe(taker)
  })

  it('two records can swap their unique values', async () => {
    const [a, b] = [await make({ taxId: 'SWAP-A' }), await make({ taxId: 'SWAP-B' })]
    await run(true, [
      { op: 'update', id: a, patch: { taxId: 'SWAP-B' } },
      { op: 'update', id: b, patch: { taxId: 'SWAP-A' } },
    ])
    const holders = ['swap-a', 'swap-b'].map(value => holderOf(asAdmin().store, 'customer', 'taxId', value))
    expect(await Promise.all(holders)).toEqual([b, a])
  })

  it('a deleted record’s value goes to a new one', async () => {
    const old = await make({ taxId: 'HEIR-1' })
    const results = await run(true, [{ op: 'delete', id: old }, create({ name: 'heir', taxId: 'HEIR-1' })])
    expect(results.map(endOf)).toEqual(['deleted', 'created'])
  })

  it('a dry run checks all the same: a moved value is fine, a taken one is not', async () => {
    const [giver, taker] = [await make({ taxId: 'DRY-A' }), await make()]
    await make({ taxId: 'DRY-B' })
    const move: BatchOperation[] = [
      { op: 'update', id: giver, patch: { taxId: null } },
      { op: 'update', id: taker, patch: { taxId: 'DRY-A' } },
    ]
    expect((await run(true, move, asAdmin(), { dryRun: true })).map(endOf)).toEqual(['updated', 'updated'])
    const take = [create({ name: 'x', taxId: 'DRY-B' })]
    expect(await toldBy(run(true, take, asAdmin(), { dryRun: true }))).toEqual([
      'unique_violation',
      '/operations/0/taxId unique_violation',
    ])
    expect(await holderOf(asAdmin().store, 'customer', 'taxId', 'dry-a')).toBe(giver)
  })

  it('two batches that cross do not end half done', async () => {
    const [a, b] = [await make(), await make()]
    const crossing = (name: string): BatchOperation[] => [
      { op: 'update', id: a, patch: { name } },
      { op: 'update', id: b, patch: { name } },
    ]
    await Promise.all(
      ['1', '2', '3', '4', '5'].map(name => run(true, crossing(name)).catch((error: CrmError) => error)),
    )
    expect(await nameOf(a)).toBe(await nameOf(b))
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { type BatchOperation, type BatchResult, runBatch } from '#lib/records/operations/run-batch.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { JsonObject } from '#schemas/json.ts'
import {
  type Cast,
  contextOf,
  countItems,
  objectNamed,
  seedCast,
  startTables,
  type Tables,
} from '../../../../support/table.ts'

const customer = objectNamed('customer')

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

/** What became of each operation: its outcome, `read`, or the code of its error. */
function endOf(result: BatchResult): string {
  if ('written' in result) return result.written.outcome
  return 'error' in result ? result.error.code : 'read'
}

describe('a batch that is not atomic', () => {
  it('answers each operation in its place', async () => {
    const [a, b, c] = [await make(), await make(), await make()]
    const results = await run(false, [
      create({ name: 'new' }),
      { op: 'update', id: a, patch: { name: 'y' } },
      create({ nope: 1 }),
      { op: 'delete', id: b },
      { op: 'get', id: c },
      { op: 'update', id: c, patch: { name: 'z' }, ifVersion: 9 },
      { op: 'get', id: 'cust_01h455vb4pex5vsknk084sn02q' },
      { op: 'upsert', system: 'erp', externalId: 'b1', record: { name: 'u' } },
      { op: 'update', id: a, patch: {} },
    ])
    expect(results.map(endOf)).toEqual([
      'created',
      'updated',
      'unknown_field',
      'deleted',
      'read',
      'version_conflict',
      'not_found',
      'created',
      'unchanged',
    ])
  })

  it('100 records are made, each once and in order', async () => {
    const results = await run(
      false,
      Array.from({ length: 100 }, (_, i) => create({ name: `N${i}` })),
    )
    expect(results.map(each => 'written' in each && each.written.record['name'])).toEqual(
      Array.from({ length: 100 }, (_, i) => `N${i}`),
    )
  })

  it('upserts of one key make one record', async () => {
    const same: BatchOperation = { op: 'upsert', system: 'erp', externalId: 'b2', record: { name: 'u' } }
    const results = await run(false, [same, same, same])
    expect(results.map(endOf).filter(end => end === 'created')).toHaveLength(1)
    expect(results.map(endOf).filter(end => end === 'unchanged')).toHaveLength(2)
  })

  it('a dry run writes nothing', async () => {
    const before = await countItems(tables)
    expect((await run(false, [create({ name: 'x' })], asAdmin(), { dryRun: true })).map(endOf)).toEqual(['created'])
    expect(await countItems(tables)).toBe(before)
  })

  it('an empty one has no results', async () => {
    expect(await run(false, [])).toEqual([])
  })
})

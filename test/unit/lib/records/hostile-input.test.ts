import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CrmError } from '#lib/errors.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { findRecords } from '#lib/records/operations/find-records.ts'
import { getRecord } from '#lib/records/operations/get-record.ts'
import { readHistory } from '#lib/records/operations/read-history.ts'
import { readTimeline } from '#lib/records/operations/read-timeline.ts'
import { revertRecord } from '#lib/records/operations/revert-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { upsertRecord } from '#lib/records/operations/upsert-record.ts'
import { searchRecords } from '#lib/search/search-records.ts'
import { createStore } from '#lib/store/table.ts'
import { standardObjects } from '#schemas/registry.ts'
import { type Cast, contextOf, objectNamed, seedCast, startTables, type Tables } from '../../../support/table.ts'

const customer = objectNamed('customer')

let tables: Tables
let cast: Cast
let id: string
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
  id = (await createRecord(ctx(), { object: customer, input: { name: 'x' } })).id
})
afterAll(() => tables.stop())

const ctx = () => contextOf(tables, cast.admin)

/** Texts that break things. */
const nasty = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '\ud800',
    '\u202e',
    '__proto__',
    'constructor',
    'toString',
    '../../etc/passwd',
    "'; DROP TABLE customers; --",
    '{{7*7}}',
    '%00',
    '１２３',
    'NaN',
    '-1',
    '9'.repeat(400),
    'x'.repeat(5000),
    '中'.repeat(3000),
    'cust_01h455vb4pex5vsknk084sn02q',
    'user_01h455vb4pex5vsknk084sn02q',
    '2026-02-30T00:00:00Z',
    'record.name == "x"',
    'https://',
    'a@b',
    '+86',
  ),
)
const fieldNames = standardObjects.all.flatMap(object => Object.keys(object.fields))
const name = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...fieldNames) }, { weight: 1, arbitrary: nasty })
const { value } = fc.letrec<{ value: unknown; list: unknown[]; object: Record<string, unknown> }>(tie => ({
  value: fc.oneof({ maxDepth: 4 }, nasty, fc.double(), fc.boolean(), fc.constant(null), tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 3 }),
  object: fc.dictionary(
    fc.oneof(fc.constantFrom('value', 'primary', 'label', 'city', 'system', 'id', 'amount', 'service', 'object'), name),
    tie('value'),
    { maxKeys: 4 },
  ),
}))
const body = fc.oneof(
  { weight: 8, arbitrary: fc.dictionary(name, value, { maxKeys: 6 }) },
  { weight: 1, arbitrary: value },
)

/** Refused with reasons, or done: both are fine, anything else is a crash. */
async function survives(work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const isRefusal = error instanceof CrmError && error.code !== 'unavailable' && error.code !== 'internal'
    if (!isRefusal) throw error
  }
}

const runs = { seed: 2026, numRuns: 60 }

describe('no input crashes', () => {
  it.each(standardObjects.all.map(object => [object.name, object] as const))('creating a %s', async (_name, object) => {
    await fc.assert(
      fc.asyncProperty(body, input => survives(() => createRecord(ctx(), { object, input }))),
      runs,
    )
  })

  it('changing a customer', async () => {
    await fc.assert(
      fc.asyncProperty(body, patch => survives(() => updateRecord(ctx(), { object: customer, id, patch }))),
      runs,
    )
  })

  it('one good record with one bad field at a time: the problem points at that field', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.keys(customer.fields)), value, async (field, bad) => {
        const work = createRecord(ctx(), { object: customer, input: { name: 'x', [field]: bad }, dryRun: true })
        const error: unknown = await work.then(() => undefined).catch((each: unknown) => each)
        const errors = error instanceof CrmError ? error.errors : []
        expect(errors.map(each => each.pointer.split('/')[1])).toEqual(errors.map(() => field))
        expect(error === undefined || error instanceof CrmError).toBe(true)
        expect(errors.filter(each => each.detail === '' || each.code === '')).toEqual([])
      }),
      { seed: 2026, numRuns: 200 },
    )
  })

  it('reading', async () => {
    await fc.assert(
      fc.asyncProperty(nasty, nasty, fc.array(nasty, { maxLength: 3 }), async (strange, asOf, fields) => {
        await survives(() => getRecord(ctx(), { object: customer, id: strange }))
        await survives(() => getRecord(ctx(), { object: customer, id, asOf }))
        await survives(() => getRecord(ctx(), { object: customer, id, fields }))
        await survives(() => readHistory(ctx(), { object: customer, id, limit: 5, cursor: strange }))
        await survives(() => readTimeline(ctx(), { object: customer, id, limit: 5, cursor: strange }))
        await survives(() => revertRecord(ctx(), { object: customer, id, toVersion: strange }))
      }),
      runs,
    )
  })

  it('listing and searching', async () => {
    const query = fc.record(
      {
        filter: nasty,
        owner: nasty,
        parent: nasty,
        cursor: nasty,
        trash: fc.boolean(),
        fields: fc.array(nasty, { maxLength: 2 }),
      },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(query, nasty, async (given, q) => {
        await survives(() => findRecords(ctx(), { object: customer, query: { limit: 2, ...given } }))
        await survives(() => searchRecords(ctx(), createStore(tables.search), { q, limit: 5 }))
      }),
      runs,
    )
  })

  it('filtering by any comparison of a field with a text', async () => {
    const filter = fc
      .tuple(fc.constantFrom(...Object.keys(customer.fields)), fc.constantFrom('==', '!=', '<', 'in'), nasty)
      .map(([field, operator, text]) => `record.${field} ${operator} ${JSON.stringify(text)}`)
    await fc.assert(
      fc.asyncProperty(filter, each =>
        survives(() => findRecords(ctx(), { object: customer, query: { limit: 2, filter: each } })),
      ),
      runs,
    )
  })

  it('upserting', async () => {
    await fc.assert(
      fc.asyncProperty(nasty, nasty, body, (system, externalId, input) =>
        survives(() => upsertRecord(ctx(), { object: customer, system, externalId, input })),
      ),
      runs,
    )
  })
})

describe('what is taken', () => {
  it('reads back as it was answered, whatever it was', async () => {
    let taken = 0
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.constantFrom(...Object.keys(customer.fields)), value, { maxKeys: 3 }),
        async input => {
          const request = { object: customer, input: { ...input, name: 'x', ownerId: cast.rep.id } }
          const written = await createRecord(ctx(), request).catch(() => undefined)
          const read = await getRecord(ctx(), { object: customer, id: written?.id ?? id })
          taken += Number(written !== undefined)
          expect(read.record).toEqual(written?.record ?? read.record)
        },
      ),
      runs,
    )
    expect(taken).toBeGreaterThan(5)
  })
})

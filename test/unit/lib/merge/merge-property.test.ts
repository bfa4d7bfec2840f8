import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { mergeRecords } from '#lib/merge/merge-records.ts'
import { undoMerge } from '#lib/merge/undo-merge.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { revertRecord } from '#lib/records/operations/revert-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { viewRecord } from '#lib/records/view.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecord } from '#lib/store/read.ts'
import type { JsonObject } from '#schemas/json.ts'
import { objectNamed, startTables, systemContext, type Tables } from '../../../support/table.ts'

let tables: Tables
beforeAll(async () => {
  tables = await startTables()
})
afterAll(() => tables.stop())

const ctx = () => systemContext(tables)
const customer = objectNamed('customer')
const activity = objectNamed('activity')
const stored = (id: string) => readRecord(ctx().store, id)
let run = 0

/** What the API would send of a record, byte for byte, but for what every change changes. */
const bytesOf = (record: StoredRecord | undefined) =>
  record &&
  JSON.stringify({ ...viewRecord(ctx(), objectNamed(record.object), record), version: 0, updatedAt: '', updatedBy: '' })

/** Unique values differ from run to run; within a run they are few, so that lists overlap. */
const customerFields = fc.record(
  {
    name: fc.constantFrom('长青', '长青贸易', '长青贸易有限公司', 'Evergreen Trading'),
    tags: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 3 }),
    emails: fc.uniqueArray(fc.constantFrom('x@a.example', 'y@a.example', 'Z@a.example'), { maxLength: 3 }),
    externalIds: fc.uniqueArray(fc.constantFrom('1', '2', '3'), { maxLength: 2 }),
    industry: fc.constantFrom('retail', 'wholesale'),
    address: fc.constantFrom<JsonObject>({ city: '上海' }, { city: '上海', street: '南京东路 100 号' }),
    lastVerifiedAt: fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z'),
    hasTaxId: fc.boolean(),
  },
  { requiredKeys: ['name'] },
)
type Fields = typeof customerFields extends fc.Arbitrary<infer T> ? T : never

const scenario = fc.record({
  records: fc.array(customerFields, { minLength: 4, maxLength: 4 }),
  /** Survivor and absorbed, as places among the records that are left. */
  merges: fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 1, maxLength: 3 }),
  /** In which order the merges are undone; those that wait for a later one come again. */
  order: fc.array(fc.nat(2), { minLength: 3, maxLength: 3 }),
})
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never
type Undo = (mergeId: string, survivorId: string, version: number) => Promise<unknown>

function inputOf({ emails, externalIds, hasTaxId, ...fields }: Fields, place: number): JsonObject {
  return {
    ...fields,
    ...(emails && { emails: emails.map(value => ({ value })) }),
    // Unique: no two records may have the same.
    ...(externalIds && { externalIds: externalIds.map(id => ({ system: 'erp', id: `${run}-${place}-${id}` })) }),
    ...(hasTaxId && { taxId: `TAX-${run}-${place}` }),
  }
}

/** Makes records with a child each, merges them, edits elsewhere, undoes all merges and compares. */
async function play({ records, merges, order }: Scenario, undo: Undo): Promise<void> {
  run += 1
  const made = await Promise.all(
    records.map(async (fields, place) => {
      const { id } = await createRecord(ctx(), { object: customer, input: inputOf(fields, place) })
      const input = { type: 'call', subject: 'x', customerId: id }
      return { id, child: (await createRecord(ctx(), { object: activity, input })).id }
    }),
  )
  const all = made.flatMap(({ id, child }) => [id, child])
  const before = await Promise.all(all.map(async id => bytesOf(await stored(id))))
  const left = made.map(({ id }) => id)
  const done: { mergeId: string; id: string; version: number }[] = []
  for (const [survivor, absorbed] of merges) {
    const [id, other] = [left[survivor % left.length], left[absorbed % left.length]]
    if (id === undefined || other === undefined || id === other) continue
    const { mergeId = '', version } = await mergeRecords(ctx(), { object: customer, id, absorb: [other] })
    done.push({ mergeId, id, version })
    left.splice(left.indexOf(other), 1)
  }
  // Later edits elsewhere must not matter: a field that no merge has touched.
  for (const id of left) {
    await updateRecord(ctx(), { object: customer, id, patch: { priority: 'high' } })
    await updateRecord(ctx(), { object: customer, id, patch: { priority: null } })
  }
  const waiting = done.toSorted((a, b) => (order[done.indexOf(a)] ?? 0) - (order[done.indexOf(b)] ?? 0))
  for (let tries = 0; waiting.length > 0 && tries < 10; tries++) {
    const next = waiting.shift()
    if (!next) break
    const isDone = await undo(next.mergeId, next.id, next.version).then(
      () => true,
      error => error.code !== 'merge_conflict' && Promise.reject(error),
    )
    if (!isDone) waiting.push(next)
  }
  expect(waiting).toEqual([])
  expect(await Promise.all(all.map(async id => bytesOf(await stored(id))))).toEqual(before)
}

const undone: Undo = mergeId => undoMerge(ctx(), { mergeId })

/** The bug it must find: undoing by going back to the version before, which takes back what came after too. */
const naive: Undo = async (mergeId, id, version) => {
  await undoMerge(ctx(), { mergeId })
  await revertRecord(ctx(), { object: customer, id, toVersion: version - 1 })
}

it('any merges, undone in any order that they allow, leave every record and child as it was, byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, each => play(each, undone)),
    { numRuns: 60 },
  )
})

it('finds an undo that simply goes back to the version before', async () => {
  const { failed } = await fc.check(
    fc.asyncProperty(scenario, each => play(each, naive)),
    { numRuns: 60, endOnFailure: true },
  )
  expect(failed).toBe(true)
})

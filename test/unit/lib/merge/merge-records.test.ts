import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mergeRecords } from '#lib/merge/merge-records.ts'
import { planMerge } from '#lib/merge/plan-merge.ts'
import { settleChildren } from '#lib/merge/settle-children.ts'
import { undoMerge } from '#lib/merge/undo-merge.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { findRecords } from '#lib/records/operations/find-records.ts'
import { getRecord } from '#lib/records/operations/get-record.ts'
import { readHistory } from '#lib/records/operations/read-history.ts'
import { readTimeline } from '#lib/records/operations/read-timeline.ts'
import { removeRecord } from '#lib/records/operations/remove-record.ts'
import { restoreRecord } from '#lib/records/operations/restore-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { viewRecord } from '#lib/records/view.ts'
import { writeRecords } from '#lib/records/write.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readMoved } from '#lib/store/merge-items.ts'
import { readRecord } from '#lib/store/read.ts'
import type { JsonObject } from '#schemas/json.ts'
import {
  actorWithRole,
  type Cast,
  contextOf,
  countItems,
  holderOf,
  objectNamed,
  refusalOf,
  seedCast,
  startTables,
  systemContext,
  type Tables,
  toldBy,
} from '../../../support/table.ts'

let tables: Tables
let cast: Cast
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
})
afterAll(() => tables.stop())

const customer = objectNamed('customer')
const ctx = () => systemContext(tables)
const make = async (input: JsonObject, object = 'customer') =>
  (await createRecord(ctx(), { object: objectNamed(object), input })).id
/** A record's fields as the API would send them, byte for byte. */
const bytesOf = (record: StoredRecord | undefined) =>
  record &&
  JSON.stringify({
    ...viewRecord(ctx(), objectNamed(record.object), record),
    version: 0,
    updatedAt: '',
    deletedAt: undefined,
  })
const stored = (id: string) => readRecord(ctx().store, id)
const merge = (id: string, absorb: string[], more: object = {}) =>
  mergeRecords(ctx(), { object: customer, id, absorb, ...more })
const merged = async (...names: string[]) => {
  const ids = await Promise.all(names.map(name => make({ name })))
  const [id = '', ...absorb] = ids
  const { mergeId = '' } = await merge(id, absorb)
  return { id, absorb, mergeId }
}

describe('a merge', () => {
  it('makes one record of several, which leave lists, unique values and match keys to it', async () => {
    const a = await make({ name: 'Aspen', emails: [{ value: 'a@aspen.example' }] })
    const b = await make({ name: 'Aspen Trading', taxId: 'ASPEN-1', emails: [{ value: 'b@aspen.example' }] })
    const before = await countItems(tables, 'M#customer#email#b@aspen.example')
    const { record, absorbed, mergeId } = await merge(a, [b])
    expect(record).toMatchObject({ id: a, name: 'Aspen Trading', taxId: 'ASPEN-1', version: 2 })
    expect(record['emails']).toEqual([
      expect.objectContaining({ value: 'a@aspen.example', primary: true }),
      expect.objectContaining({ value: 'b@aspen.example', primary: false }),
    ])
    expect(absorbed).toEqual([b])
    expect(await stored(b)).toMatchObject({ mergedInto: a, deletedAt: expect.any(String) })
    expect(await holderOf(ctx().store, 'customer', 'taxId', 'aspen-1')).toBe(a)
    expect(await countItems(tables, 'M#customer#email#b@aspen.example')).toBe(before)
    for (const trash of [false, true]) {
      const { items } = await findRecords(ctx(), { object: customer, query: { limit: 200, trash } })
      expect(items.map(item => item['id'])).not.toContain(b)
    }
    expect(await stored(mergeId ?? '')).toMatchObject({
      fields: { survivorId: a, state: 'merged', survivorVersion: 2 },
    })
  })

  it('leads on from an absorbed id to the last survivor of a chain, for who may see it', async () => {
    const { id: b, absorb } = await merged('Birch 2', 'Birch 1')
    const c = await make({ name: 'Birch 3' })
    await merge(c, [b])
    const [a = ''] = absorb
    const reads = [getRecord, readHistory, readTimeline, updateRecord]
    for (const id of [a, b])
      for (const read of reads) {
        const refusal = await refusalOf(read(ctx(), { object: customer, id, limit: 5, patch: { name: 'x' } }))
        expect(refusal).toMatchObject({ code: 'record_merged', members: { id, survivorId: c } })
      }
    const stranger = contextOf(tables, cast.outsider)
    expect(await toldBy(getRecord(stranger, { object: customer, id: a }))).toEqual(['not_found'])
    expect(await toldBy(removeRecord(ctx(), { object: customer, id: a }))).toEqual(['not_found'])
    expect(await toldBy(restoreRecord(ctx(), { object: customer, id: a }))).toEqual(['merge_conflict'])
  })

  it('leaves the absorbed record visible as of a time before it', async () => {
    const a = await make({ name: 'Cedar' })
    const b = await make({ name: 'Cedar Ltd' })
    const at = (await stored(b))?.updatedAt
    await new Promise(resolve => setTimeout(resolve, 5))
    const { mergeId = '' } = await merge(a, [b])
    expect(await getRecord(ctx(), { object: customer, id: b, asOf: at })).toMatchObject({
      record: { name: 'Cedar Ltd' },
    })
    const after = new Date(Date.now() + 1_000).toISOString()
    expect(await toldBy(getRecord(ctx(), { object: customer, id: b, asOf: after }))).toEqual(['record_merged'])
    const then = (await stored(b))?.updatedAt
    await new Promise(resolve => setTimeout(resolve, 5))
    await undoMerge(ctx(), { mergeId })
    expect(await toldBy(getRecord(ctx(), { object: customer, id: b, asOf: then }))).toEqual(['record_merged'])
  })

  it('as a dry run tells everything and writes nothing', async () => {
    const a = await make({ name: 'Dogwood' })
    const b = await make({ name: 'Dogwood Ltd' })
    const before = await countItems(tables)
    expect(await merge(a, [b], { dryRun: true })).toMatchObject({ record: { name: 'Dogwood Ltd' }, absorbed: [b] })
    expect(await countItems(tables)).toBe(before)
  })

  it.each<[string, (a: string, b: string) => object, string[]]>([
    ['a record with itself', a => ({ absorb: [a] }), ['validation_failed', '/absorb/0 repeated_record']],
    ['a record twice', (_, b) => ({ absorb: [b, b] }), ['validation_failed', '/absorb/1 repeated_record']],
    ['a record that is not there', () => ({ absorb: ['cust_01jq2v7m4hf8r9s0t1v2w3x4y5'] }), ['not_found']],
    ['a record of another object', () => ({ absorb: ['cont_01jq2v7m4hf8r9s0t1v2w3x4y5'] }), ['not_found']],
    [
      'a field there is not',
      (_, b) => ({ absorb: [b], fields: { colour: b } }),
      ['unknown_field', '/fields/colour unknown_field'],
    ],
    [
      'a value of a record that is not part of it',
      (_, b) => ({ absorb: [b], fields: { name: 'cust_x' } }),
      ['validation_failed', '/fields/name invalid_value'],
    ],
    ['a survivor that has changed', (_, b) => ({ absorb: [b], ifVersions: [7] }), ['version_conflict']],
  ])('refuses %s', async (_, request, told) => {
    const a = await make({ name: 'Elm' })
    const b = await make({ name: 'Elm 2' })
    const { absorb = [], ...more } = request(a, b) as { absorb?: string[] }
    expect(await toldBy(merge(a, absorb, more))).toEqual(told)
  })

  it('refuses to lose entries of a list that grows too long, until one list is chosen', async () => {
    const handles = (from: number) => Array.from({ length: 8 }, (_, i) => ({ system: 'erp', id: `Fir-${from + i}` }))
    const a = await make({ name: 'Fir', externalIds: handles(0) })
    const b = await make({ name: 'Fir', externalIds: handles(8) })
    expect(await toldBy(merge(a, [b]))).toEqual(['validation_failed', '/fields/externalIds too_many'])
    const { record } = await merge(a, [b], { fields: { externalIds: b } })
    expect(record['externalIds']).toHaveLength(8)
  })

  it('takes as many records as fit into a transaction, and says how many do', async () => {
    const contact = objectNamed('contact')
    const person = (n: number) => ({
      name: '赵多多',
      companyName: '上海多多贸易有限公司',
      emails: [{ value: 'zhao@duoduo.example' }, { value: `zhao${n}@duoduo.example` }],
    })
    const [id = '', ...absorb] = await Promise.all(Array.from({ length: 17 }, (_, n) => make(person(n), 'contact')))
    const request = { object: contact, id, absorb }
    expect(await toldBy(mergeRecords(ctx(), request))).toEqual(['validation_failed', '/absorb too_many_items'])
    const before = await Promise.all([id, ...absorb].map(stored))
    const { mergeId = '' } = await mergeRecords(ctx(), { ...request, absorb: absorb.slice(0, 8) })
    await undoMerge(ctx(), { mergeId })
    expect((await Promise.all([id, ...absorb].map(stored))).map(bytesOf)).toEqual(before.map(bytesOf))
  })

  it('cannot be made by who may not delete what is absorbed, nor touch a field that the role may not change', async () => {
    const all = { create: 'all', read: 'all', update: 'all', delete: 'all' }
    const actor = await actorWithRole(tables, {
      permissions: [{ object: 'customer', ...all }],
      fieldAccess: [{ object: 'customer', field: 'tier', access: 'readOnly' }],
    })
    const a = await make({ name: 'Gum' })
    const b = await make({ name: 'Gum', tier: 'A' })
    const may = contextOf(tables, actor)
    const mayNot = contextOf(tables, cast.integration)
    expect(await toldBy(mergeRecords(mayNot, { object: customer, id: a, absorb: [b] }))).toEqual(['not_found'])
    const chosen = { object: customer, id: a, absorb: [b], fields: { tier: b } }
    expect(await toldBy(mergeRecords(may, chosen))).toEqual(['field_read_only', '/tier field_read_only'])
    const { record, decisions } = await mergeRecords(may, { object: customer, id: a, absorb: [b] })
    expect(record).not.toHaveProperty('tier')
    expect(decisions).toContainEqual({ field: 'tier', from: [a], why: 'notEditable' })
  })
})

describe('merges at once', () => {
  const ends = async (works: Promise<unknown>[]) =>
    (await Promise.all(works.map(work => work.then(() => 'done').catch(error => error.code)))).toSorted()

  it('a into b while b into a: one survivor, one clean conflict', async () => {
    const a = await make({ name: 'Holly' })
    const b = await make({ name: 'Holly' })
    expect(await ends([merge(a, [b]), merge(b, [a])])).toEqual(['done', 'merge_conflict'])
    const alive = [await stored(a), await stored(b)].filter(record => record?.deletedAt === undefined)
    expect(alive).toHaveLength(1)
  })

  it('one record into two others: it goes into one of them', async () => {
    const [a, b, c] = await Promise.all(['Iris', 'Iris', 'Iris'].map(name => make({ name })))
    if (!a || !b || !c) throw new Error('not made')
    expect(await ends([merge(a, [c]), merge(b, [c])])).toEqual(['done', 'merge_conflict'])
    expect([a, b]).toContain((await stored(c))?.mergedInto)
  })

  it('an undo done twice at once is done once', async () => {
    const { mergeId } = await merged('Juniper', 'Juniper')
    expect(await ends([undoMerge(ctx(), { mergeId }), undoMerge(ctx(), { mergeId })])).toEqual([
      'done',
      'merge_conflict',
    ])
    expect(await toldBy(undoMerge(ctx(), { mergeId }))).toEqual(['merge_conflict'])
  })
})

describe('undoing a merge', () => {
  it('brings back every record as it was, keys and unique values too', async () => {
    const a = await make({ name: 'Kapok', tags: ['x'] })
    const b = await make({ name: 'Kapok Ltd', taxId: 'KAPOK-1', tags: ['y'], emails: [{ value: 'k@kapok.example' }] })
    const before = [await stored(a), await stored(b)]
    const items = await countItems(tables, 'M#customer')
    const { mergeId = '' } = await merge(a, [b])
    const outcome = await undoMerge(ctx(), { mergeId })
    expect(outcome).toMatchObject({ mergeId, record: { id: a, name: 'Kapok' }, restored: [{ id: b }], kept: [] })
    for (const [i, id] of [a, b].entries()) {
      const now = await stored(id)
      expect(bytesOf(now)).toBe(bytesOf(before[i]))
      expect(now).not.toHaveProperty('deletedAt')
      expect(now).not.toHaveProperty('mergedInto')
    }
    expect(await holderOf(ctx().store, 'customer', 'taxId', 'kapok-1')).toBe(b)
    expect(await countItems(tables, 'M#customer')).toBe(items)
  })

  it('keeps what was edited since, and says so', async () => {
    const a = await make({ name: 'Larch', industry: 'retail' })
    const b = await make({ name: 'Larch and Sons', tags: ['b'], address: { city: '上海' } })
    const { mergeId = '' } = await merge(a, [b])
    await updateRecord(ctx(), { object: customer, id: a, patch: { name: 'Larch AG', tags: ['b', 'new'], tier: 'B' } })
    const { record, kept } = await undoMerge(ctx(), { mergeId })
    expect(kept).toEqual(['name', 'tags'])
    expect(record).toMatchObject({ name: 'Larch AG', tags: ['new'], tier: 'B', industry: 'retail' })
    expect(record).not.toHaveProperty('address')
  })

  it('is refused while another record holds a unique value, naming field and holder', async () => {
    const a = await make({ name: 'Maple' })
    const b = await make({ name: 'Maple', taxId: 'MAPLE-1' })
    const { mergeId = '' } = await merge(a, [b])
    await updateRecord(ctx(), { object: customer, id: a, patch: { taxId: null } })
    const thief = await make({ name: 'Thief', taxId: 'MAPLE-1' })
    const refusal = await refusalOf(undoMerge(ctx(), { mergeId }))
    expect(refusal).toMatchObject({ code: 'unique_violation', members: { existingId: thief } })
    expect(refusal.errors[0]).toMatchObject({ pointer: '/taxId' })
    expect(await stored(b)).toMatchObject({ mergedInto: a })
  })

  it('of a survivor that was absorbed itself asks for the later merge first', async () => {
    const { id: b, mergeId } = await merged('Nutmeg', 'Nutmeg')
    const c = await make({ name: 'Nutmeg' })
    const later = await merge(c, [b])
    expect(await toldBy(undoMerge(ctx(), { mergeId }))).toEqual(['merge_conflict'])
    await undoMerge(ctx(), { mergeId: later.mergeId ?? '' })
    expect(await undoMerge(ctx(), { mergeId })).toMatchObject({ kept: [] })
  })

  it('is for who could have merged the records', async () => {
    const { mergeId } = await merged('Oak', 'Oak')
    expect(await toldBy(undoMerge(contextOf(tables, cast.rep), { mergeId }))).toEqual(['not_found'])
    expect(await toldBy(undoMerge(ctx(), { mergeId: 'mrg_x' }))).toEqual(['not_found'])
  })
})

describe('what hangs on an absorbed record', () => {
  const activity = (customerId: string, contactId?: string) =>
    make({ type: 'call', subject: 'x', customerId, ...(contactId && { contactId }) }, 'activity')

  it('moves to the survivor and back, except what somebody has moved on', async () => {
    const [a, b, c] = await Promise.all(['Pine', 'Pine', 'Pine 3'].map(name => make({ name })))
    if (!a || !b || !c) throw new Error('not made')
    const calls = await Promise.all(Array.from({ length: 20 }, () => activity(b)))
    const contact = await make({ name: 'Li', customerId: b }, 'contact')
    const before = await Promise.all([...calls, contact].map(stored))
    const { mergeId = '', children } = await merge(a, [b])
    expect(children).toEqual({ moved: 21, pending: false })
    expect((await stored(contact))?.fields).toEqual({ ...before[20]?.fields, customerId: a })
    const [moved = '', deleted = ''] = calls
    await updateRecord(ctx(), { object: objectNamed('activity'), id: moved, patch: { customerId: c } })
    await removeRecord(ctx(), { object: objectNamed('activity'), id: deleted })
    const undone = await undoMerge(ctx(), { mergeId })
    expect(undone.children).toEqual({ moved: 20, pending: false, stayed: [{ object: 'activity', id: moved }] })
    for (const [i, id] of [...calls, contact].slice(1).entries())
      expect(bytesOf(await stored(id))).toBe(bytesOf(before[i + 1]))
    expect(await stored(deleted)).toMatchObject({ deletedAt: expect.any(String) })
    expect((await stored(moved))?.fields['customerId']).toBe(c)
  })

  it('is moved by looking it up where it is no child', async () => {
    const [a = '', b = ''] = await Promise.all(['Li Na', 'Li Na'].map(name => make({ name }, 'contact')))
    const call = await make({ type: 'call', subject: 'x', contactId: b }, 'activity')
    const { children } = await mergeRecords(ctx(), { object: objectNamed('contact'), id: a, absorb: [b] })
    expect(children).toEqual({ moved: 1, pending: false })
    expect((await stored(call))?.fields['contactId']).toBe(a)
    const query = { limit: 5, filter: `record.contactId == "${a}"` }
    expect((await findRecords(ctx(), { object: objectNamed('activity'), query })).items).toHaveLength(1)
  })

  it('is moved later when the request was killed in between, and each step can be repeated', async () => {
    const [a = '', b = ''] = await Promise.all(['Quince', 'Quince'].map(name => make({ name })))
    const calls = await Promise.all(Array.from({ length: 40 }, () => activity(b)))
    const written = await writeRecords(ctx(), () => planMerge(ctx(), { object: customer, id: a, absorb: [b] }), {})
    const mergeId = written.at(-1)?.id ?? ''
    expect((await stored(mergeId))?.fields['childrenState']).toBe('moving')
    expect(await settleChildren(ctx(), mergeId, { atMost: 1 })).toEqual({ moved: 16, pending: true })
    expect(await settleChildren(ctx(), mergeId, { atMost: 1_000 })).toEqual({ moved: 24, pending: false })
    expect(await settleChildren(ctx(), mergeId, { atMost: 1_000 })).toEqual({ moved: 0, pending: false })
    expect((await stored(mergeId))?.fields).toMatchObject({ childrenState: 'settled', childrenMoved: 40 })
    await undoMerge(ctx(), { mergeId })
    for (const id of calls) expect((await stored(id))?.fields['customerId']).toBe(b)
    expect((await readMoved(ctx().store, mergeId, { limit: 5 })).children).toEqual([])
  })

  it('is not moved by a merge that is undone meanwhile', async () => {
    const [a = '', b = ''] = await Promise.all(['Rowan', 'Rowan'].map(name => make({ name })))
    const calls = await Promise.all(Array.from({ length: 60 }, () => activity(b)))
    const written = await writeRecords(ctx(), () => planMerge(ctx(), { object: customer, id: a, absorb: [b] }), {})
    const mergeId = written.at(-1)?.id ?? ''
    await Promise.all([settleChildren(ctx(), mergeId, { atMost: 1_000 }), undoMerge(ctx(), { mergeId })])
    await settleChildren(ctx(), mergeId, { atMost: 1_000 })
    for (const id of calls) expect((await stored(id))?.fields['customerId']).toBe(b)
  })
})

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { decideGroup } from '#lib/duplicate-groups/decide-group.ts'
import { findAllDuplicates } from '#lib/duplicate-groups/find-all-duplicates.ts'
import { flagUndone } from '#lib/duplicate-groups/flag-undone.ts'
import { listGroups } from '#lib/duplicate-groups/list-groups.ts'
import { readDuplicates } from '#lib/duplicate-groups/read-duplicates.ts'
import { refreshDuplicates } from '#lib/duplicate-groups/refresh-duplicates.ts'
import { refuseDuplicates } from '#lib/duplicate-groups/refuse-duplicates.ts'
import { mergeRecords } from '#lib/merge/merge-records.ts'
import { undoMerge } from '#lib/merge/undo-merge.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { removeRecord } from '#lib/records/operations/remove-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import type { StoredGroup } from '#lib/store/duplicate-items.ts'
import type { JsonObject } from '#schemas/json.ts'
import {
  type Cast,
  contextOf,
  objectNamed,
  refusalOf,
  seedCast,
  startTables,
  systemContext,
  type Tables,
  testTenant,
  toldBy,
} from '../../../support/table.ts'

let tables: Tables
let cast: Cast
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
})
afterAll(() => tables.stop())

const contact = objectNamed('contact')
const ctx = () => systemContext(tables)
const refresh = (...ids: string[]) => refreshDuplicates(ctx(), ids)
const batch = () => findAllDuplicates({ ...ctx(), listShards: testTenant.listShards }, contact)
const list = async (status: StoredGroup['status'] = 'open', as = ctx()) =>
  (await listGroups(as, { object: 'contacts', status, limit: 200 })).items
const groupOf = async (id: string, status: StoredGroup['status'] = 'open') =>
  (await list(status)).find(group => group.members.some(member => member.id === id))
const person = (n: number): JsonObject => ({
  name: `王小${'明亮伟强军洋勇杰峰超'[n % 10]}`,
  companyName: `上海长青${n}贸易有限公司`,
  phones: [{ value: `1391234${String(1_000 + n).padStart(4, '0')}` }],
  emails: [{ value: `wang${n}@evergreen${n}.example` }],
})
let next = 0
const make = async (input: JsonObject) => (await createRecord(ctx(), { object: contact, input })).id
/** Records of one person, with what brings the groups up to date afterwards. */
async function twins(count = 2): Promise<string[]> {
  const input = person(next++)
  const ids = await Promise.all(Array.from({ length: count }, () => make(input)))
  await refresh(...ids)
  return ids.toSorted()
}

beforeEach(() => {
  next += 1
})

describe('groups of duplicates', () => {
  it('appear with their reasons when a record is like another, grow, shrink and go with it', async () => {
    const [a = '', b = ''] = await twins()
    const group = await groupOf(a)
    expect(group).toMatchObject({
      status: 'open',
      object: 'contact',
      verdict: 'merge',
      members: [{ id: a }, { id: b }],
    })
    expect(group?.reasons.map(({ field }) => field)).toContain('phones')
    expect(group?.score).toBeGreaterThan(0.9)

    const c = await make(person(next - 1))
    await refresh(c)
    expect((await groupOf(a))?.members.map(({ id }) => id)).toEqual([a, b, c].toSorted())

    await updateRecord(ctx(), { object: contact, id: c, patch: { ...person(next + 500), name: '欧阳建国' } })
    await refresh(c)
    expect((await groupOf(a))?.id).toBe(group?.id)
    await removeRecord(ctx(), { object: contact, id: b })
    await refresh(b)
    expect(await groupOf(a)).toBeUndefined()
  })

  it('are the same whichever of the records is looked at first, and however many look at once', async () => {
    const input = person(next++)
    const ids = await Promise.all(Array.from({ length: 6 }, () => make(input)))
    await Promise.all(ids.map(id => refreshDuplicates(ctx(), [id]).catch(() => undefined)))
    await refresh(...ids.toReversed())
    const found = (await list()).filter(group => group.members.some(({ id }) => ids.includes(id)))
    expect(found.map(({ members }) => members.map(({ id }) => id))).toEqual([ids.toSorted()])
  })

  it('are shown to who may see every member only', async () => {
    const [a = '', b = ''] = await twins()
    await updateRecord(ctx(), { object: contact, id: a, patch: { ownerId: cast.rep.id } })
    await updateRecord(ctx(), { object: contact, id: b, patch: { ownerId: cast.rep2.id } })
    await refresh(a, b)
    const sees = async (as = contextOf(tables, cast.rep)) =>
      (await list('open', as)).some(group => group.members.some(({ id }) => id === a))
    expect(await sees()).toBe(false)
    expect(await sees(contextOf(tables, cast.manager))).toBe(true)
    const other = (as = contextOf(tables, cast.rep)) => readDuplicates(as, { object: contact, id: a, limit: 5 })
    expect((await other()).items).toEqual([])
    expect((await other(contextOf(tables, cast.manager))).items).toMatchObject([{ id: b, verdict: 'merge' }])
    const group = await groupOf(a)
    const decide = decideGroup(contextOf(tables, cast.rep), { id: group?.id ?? '', decision: 'notDuplicate' })
    expect(await toldBy(decide)).toEqual(['not_found'])
  })

  it('come in pages, the most likely first', async () => {
    await twins()
    await twins()
    const first = await listGroups(ctx(), { object: 'contacts', status: 'open', limit: 1 })
    const second = await listGroups(ctx(), { object: 'contacts', status: 'open', limit: 1, cursor: first.nextCursor })
    expect(first.items).toHaveLength(1)
    expect(second.items).toHaveLength(1)
    expect(second.items[0]?.id).not.toBe(first.items[0]?.id)
    expect(second.items[0]?.score).toBeLessThanOrEqual(first.items[0]?.score ?? 0)
    const unknown = listGroups(ctx(), { object: 'activities', status: 'open', limit: 1 })
    expect(await toldBy(unknown)).toEqual(['validation_failed', '?object unknown_object'])
  })
})

describe('"not a duplicate"', () => {
  it('is remembered for ever: not suggested after edits, by reading, nor by a search over all records', async () => {
    const [a = '', b = ''] = await twins()
    const group = await groupOf(a)
    const decided = await decideGroup(ctx(), { id: group?.id ?? '', decision: 'notDuplicate' })
    expect(decided.group).toMatchObject({ status: 'notDuplicate', decidedBy: 'system', decidedAt: expect.any(String) })
    for (const round of [1, 2]) {
      await updateRecord(ctx(), { object: contact, id: a, patch: { title: `经理 ${round}` } })
      await refresh(a, b)
      expect(await groupOf(a)).toBeUndefined()
    }
    await batch()
    expect(await groupOf(a)).toBeUndefined()
    expect((await groupOf(a, 'notDuplicate'))?.id).toBe(group?.id)
    expect((await readDuplicates(ctx(), { object: contact, id: a, limit: 5 })).items).toEqual([])
    expect((await decideGroup(ctx(), { id: group?.id ?? '', decision: 'notDuplicate' })).group.status).toBe(
      'notDuplicate',
    )
  })

  it('holds in larger groups: a third record goes with one of the two, never with both', async () => {
    const [a = '', b = ''] = await twins()
    await decideGroup(ctx(), { id: (await groupOf(a))?.id ?? '', decision: 'notDuplicate' })
    const c = await make(person(next - 1))
    await refresh(c)
    const members = (await groupOf(c))?.members.map(({ id }) => id) ?? []
    expect(members).toContain(c)
    expect(members).toHaveLength(2)
    expect([a, b]).toContain(members.find(id => id !== c))
  })
})

describe('a decision to merge', () => {
  it('makes the members one, the chosen one staying, and can be undone; they are then never certain again', async () => {
    const [a = '', b = '', c = ''] = await twins(3)
    const { id = '' } = (await groupOf(a)) ?? {}
    const { group, merges } = await decideGroup(ctx(), { id, decision: 'merge', survivor: b })
    expect(group).toMatchObject({ status: 'merged', survivor: b, decidedBy: 'system' })
    expect(merges).toHaveLength(1)
    expect(await groupOf(a)).toBeUndefined()
    expect(await groupOf(a, 'merged')).toMatchObject({ id, survivor: b })
    expect(await toldBy(decideGroup(ctx(), { id, decision: 'merge' }))).toEqual(['merge_conflict'])
    await refresh(a, b, c)
    expect(await groupOf(a, 'merged')).toMatchObject({ id, survivor: b })

    await undoMerge(ctx(), { mergeId: merges[0] ?? '' })
    await refresh(a, b, c)
    await flagUndone(ctx(), merges[0] ?? '')
    expect(await groupOf(a)).toMatchObject({ id, status: 'open', verdict: 'suggest' })
    await updateRecord(ctx(), { object: contact, id: a, patch: { title: '经理' } })
    await refresh(a)
    await batch()
    expect(await groupOf(a)).toMatchObject({ id, verdict: 'suggest' })
  })

  it('is noted too when somebody merged the members without it', async () => {
    const [a = '', b = ''] = await twins()
    const { id = '' } = (await groupOf(a)) ?? {}
    const { mergeId } = await mergeRecords(ctx(), { object: contact, id: a, absorb: [b] })
    await refresh(b, a)
    const merged = await groupOf(a, 'merged')
    expect(merged).toMatchObject({ id, survivor: a, decidedBy: 'system' })
    expect(mergeId).toMatch(/^mrg_/)
  })

  it('needs a survivor from the group', async () => {
    const [a = ''] = await twins()
    const { id = '' } = (await groupOf(a)) ?? {}
    const decide = decideGroup(ctx(), { id, decision: 'merge', survivor: 'cont_x' })
    expect(await toldBy(decide)).toEqual(['validation_failed', '/survivor invalid_value'])
    expect(await toldBy(decideGroup(ctx(), { id: 'dup_x', decision: 'merge' }))).toEqual(['not_found'])
  })
})

describe('creating what exists', () => {
  const create = (input: JsonObject, as = ctx()) =>
    createRecord(as, { object: contact, input, checkNew: refuseDuplicates })

  it('is refused, naming the record and why; not when it is not certain, nor for what the caller may not see', async () => {
    const input = person(next++)
    const id = await make(input)
    const refusal = await refusalOf(create(input))
    expect(refusal).toMatchObject({
      code: 'duplicate_record',
      members: { duplicates: [{ id, score: expect.any(Number) }] },
    })
    expect(await create({ name: '李娜', phones: [{ value: '13912340000' }] })).toMatchObject({ outcome: 'created' })
    expect(await create(input, contextOf(tables, cast.outsider))).toMatchObject({ outcome: 'created' })
  })

  it('asks the table nothing for a record without e-mail, phone or tax id', async () => {
    const plain = ctx()
    await createRecord(plain, { object: contact, input: { name: '赵六' } })
    const checked = ctx()
    await create({ name: '赵六' }, checked)
    expect(checked.store.meter.calls).toBe(plain.store.meter.calls)
  })
})

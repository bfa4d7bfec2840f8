import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFactChecker } from '#lib/quality/check-facts.ts'
import type { MailState } from '#lib/quality/mail-domains.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { removeRecord } from '#lib/records/operations/remove-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { readStandings, writeChecked } from '#lib/store/checked.ts'
import { putGroup, type StoredGroup } from '#lib/store/duplicate-items.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecord } from '#lib/store/read.ts'
import { transact } from '#lib/store/transaction.ts'
import type { JsonObject } from '#schemas/json.ts'
import { type TenantPolicy, tenantPolicy } from '#schemas/settings.ts'
import {
  type Cast,
  countItems,
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

const ctx = () => systemContext(tables)
const now = new Date('2026-03-01T00:00:00.000Z')
const contact = objectNamed('contact')
const customer = objectNamed('customer')
const policyWith = (quality: Partial<TenantPolicy['quality']>) => tenantPolicy.parse({ quality })

async function create(object: string, input: JsonObject): Promise<StoredRecord> {
  const { id } = await createRecord(ctx(), { object: objectNamed(object), input })
  return stored(id)
}

async function stored(id: string): Promise<StoredRecord> {
  const record = await readRecord(ctx().store, id)
  if (!record) throw new Error(`No record ${id}`)
  return record
}

function checkerOf(states: Record<string, MailState> = {}, quality: Partial<TenantPolicy['quality']> = {}) {
  const mailDomains = { statesOf: async () => new Map(Object.entries(states)) }
  const at = { now, policy: policyWith(quality), phoneRegion: 'CN' }
  return createFactChecker({ ...ctx(), mailDomains }, contact, at)
}

describe('references', () => {
  it.each<[string, (customerId: string) => Promise<unknown>, string[] | undefined]>([
    ['a customer that is there', async () => {}, undefined],
    ['a customer in the recycle bin', id => removeRecord(ctx(), { object: customer, id }), ['customerId']],
  ])('%s', async (_what, happens, missing) => {
    const parent = await create('customer', { name: 'Parent' })
    const child = await create('contact', { name: 'Ann', customerId: parent.id, ownerId: cast.rep.id })
    await happens(parent.id)
    const facts = await checkerOf()([child])
    expect(facts.get(child.id)).toEqual({ at: now.toISOString(), ...(missing && { orphan: true, missing }) })
  })

  it('a record that never was, and an owner who has left', async () => {
    const leaver = await create('user', {
      name: 'Leaver',
      email: 'leaver@example.com',
      roleId: cast.roles['rep'] ?? '',
    })
    const child = await create('contact', { name: 'Ann', ownerId: leaver.id })
    await updateRecord(ctx(), { object: objectNamed('user'), id: leaver.id, patch: { status: 'disabled' } })
    const lost = { ...child, fields: { ...child.fields, customerId: 'cust_01h455vb4pex5vsknk084sn02q' } }
    const facts = await checkerOf()([lost])
    expect(facts.get(child.id)?.missing).toEqual(['customerId', 'ownerId'])
  })

  it('one target is looked up once for all that refer to it', async () => {
    const parent = await create('customer', { name: 'Parent' })
    const children = await Promise.all(
      ['a', 'b', 'c'].map(name => create('contact', { name, customerId: parent.id, ownerId: cast.rep.id })),
    )
    const work = ctx()
    const check = createFactChecker(work, contact, { now, policy: policyWith({}), phoneRegion: 'CN' })
    expect([...(await check(children)).values()]).toEqual(children.map(() => ({ at: now.toISOString() })))
    // The groups and the references, each in one read.
    expect(work.store.meter.calls).toBe(2)
    await check(children)
    expect(work.store.meter.calls).toBe(2)
  })

  it('how records stand is told of each, and of none that is gone', async () => {
    const there = await create('customer', { name: 'There' })
    const gone = await create('customer', { name: 'Gone' })
    await removeRecord(ctx(), { object: customer, id: gone.id })
    const standings = await readStandings(ctx().store, [there.id, gone.id, cast.rep.id, 'cust_x'])
    expect(Object.fromEntries(standings)).toEqual({ [there.id]: 'active', [cast.rep.id]: 'active' })
  })
})

describe('duplicates', () => {
  it('the open groups that name a record are counted, decided ones are not', async () => {
    const [one, two] = [await create('contact', { name: 'One' }), await create('contact', { name: 'Two' })]
    const group = {
      object: 'contact',
      score: 0.9,
      verdict: 'suggest' as const,
      reasons: [],
    } satisfies Partial<StoredGroup>
    const members = [one.id, two.id]
    await transact(
      ctx().store,
      [
        putGroup('Records', { ...group, id: 'dup_1', members, status: 'open' }),
        putGroup('Records', { ...group, id: 'dup_2', members: [one.id], status: 'open' }),
        putGroup('Records', { ...group, id: 'dup_3', members, status: 'notDuplicate' }),
      ],
      'token-of-groups',
    )
    const facts = await checkerOf()([one, two])
    expect([...facts.values()].map(({ duplicates }) => duplicates)).toEqual([2, 1])
  })
})

describe('mail domains', () => {
  const addressed = (checked?: string[]): StoredRecord => ({
    id: 'cont_1',
    object: 'contact',
    version: 1,
    fields: {
      emails: [{ value: 'a@dead.cn' }, { value: 'b@alive.cn' }, { value: 'c@unknown.cn' }, { value: 'nonsense' }],
    },
    createdAt: '',
    createdBy: '',
    updatedAt: '',
    updatedBy: '',
    ...(checked && { checked: { at: '', deadDomains: checked } }),
  })
  const states = { 'dead.cn': 'dead', 'alive.cn': 'alive', 'unknown.cn': 'unknown' } as const

  it.each<[string, StoredRecord, boolean, string[] | undefined]>([
    ['dead ones are told', addressed(), true, ['dead.cn']],
    [
      'one that nobody can tell about stays dead',
      addressed(['unknown.cn', 'alive.cn']),
      true,
      ['dead.cn', 'unknown.cn'],
    ],
    ['nobody is asked where the policy does not allow it', addressed(['dead.cn']), false, undefined],
  ])('%s', async (_what, record, checkMailDomains, deadDomains) => {
    const facts = await checkerOf(states, { checkMailDomains })([record])
    expect(facts.get(record.id)?.deadDomains).toEqual(deadDomains)
  })
})

describe('the note', () => {
  it('comes with the record, is no change of it, and goes with its next write', async () => {
    const made = await create('contact', { name: 'Noted' })
    const items = await countItems(tables, `R#${made.id}`)
    expect(await writeChecked(ctx().store, made, { at: 'x', duplicates: 1 })).toBe(true)
    expect(await stored(made.id)).toEqual({ ...made, checked: { at: 'x', duplicates: 1 } })
    expect(await countItems(tables, `R#${made.id}`)).toBe(items)
    await updateRecord(ctx(), { object: contact, id: made.id, patch: { title: 'CEO' } })
    expect(await stored(made.id)).not.toHaveProperty('checked')
  })

  it.each([
    ['of a version that is no more', { version: 7 }],
    ['of a record that never was', { id: 'cont_none' }],
  ])('%s is not written', async (_what, other) => {
    const made = await create('contact', { name: 'Noted' })
    expect(await writeChecked(ctx().store, { ...made, ...other }, { at: 'x' })).toBe(false)
    expect(await stored(made.id)).toEqual(made)
    expect(await readRecord(ctx().store, 'cont_none')).toBeUndefined()
  })
})

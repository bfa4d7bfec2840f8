import { afterAll, beforeAll, expect, it } from 'vitest'
import { findAllDuplicates } from '#lib/duplicate-groups/find-all-duplicates.ts'
import { listGroups } from '#lib/duplicate-groups/list-groups.ts'
import { refreshDuplicates } from '#lib/duplicate-groups/refresh-duplicates.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { readPeople, toContact } from '../../../demo/people.ts'
import { objectNamed, startTables, systemContext, type Tables, testTenant } from '../../../support/table.ts'

// Rows in the order of their mobile numbers, so that a few hundred of them hold many that are one person.
const people = readPeople()
  .toSorted((a, b) => (a.mobile < b.mobile ? -1 : 1))
  .slice(400, 640)
const contact = objectNamed('contact')

let tables: Tables
const ids: string[] = []

beforeAll(async () => {
  tables = await startTables()
  for (const person of people) {
    const { ownerId: _owner, ...input } = toContact(person, undefined, '').record
    const { id } = await createRecord(systemContext(tables), { object: contact, input })
    ids.push(id)
  }
})
afterAll(() => tables.stop())

const ctx = () => systemContext(tables)
const batch = () => findAllDuplicates({ ...ctx(), listShards: testTenant.listShards }, contact)
const groups = async () => (await listGroups(ctx(), { object: 'contacts', status: 'open', limit: 200 })).items

/** As events do it: records in the order of their changes, some named twice, several workers at once. */
async function oneByOne(order: readonly string[]): Promise<void> {
  const queue = [...order, ...order.slice(0, 50)].values()
  const worker = async () => {
    for (const id of queue) for (let isDone = false; !isDone; ) isDone = await tried(id)
  }
  await Promise.all([worker(), worker(), worker()])
}

/** A queue brings back what failed because another worker was at the same records. */
const tried = (id: string) =>
  refreshDuplicates(ctx(), [id]).then(
    () => true,
    () => false,
  )

it('changes seen one by one and a search over all records come to the same groups', async () => {
  await oneByOne(ids)
  const incremental = await groups()
  expect(incremental.length).toBeGreaterThan(20)
  const { records, groups: found } = await batch()
  expect({ records, found }).toEqual({ records: people.length, found: incremental.length })
  expect(await groups()).toEqual(incremental)
})

it('groups that are stale, because a change was missed, are mended by either way of looking', async () => {
  const before = await groups()
  const [id = ''] = before[0]?.members.map(member => member.id) ?? []
  const patch = {
    name: '欧阳建国',
    companyName: '西域药业',
    phones: null,
    emails: null,
    handles: null,
    externalIds: null,
  }
  await updateRecord(ctx(), { object: contact, id, patch })
  expect((await groups()).map(group => group.id)).toEqual(before.map(group => group.id))
  await batch()
  const mended = await groups()
  expect(mended.some(({ members }) => members.some(member => member.id === id))).toBe(false)
  await oneByOne(ids.toReversed())
  expect(await groups()).toEqual(mended)
})

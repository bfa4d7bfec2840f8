import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { findRecords } from '#lib/records/operations/find-records.ts'
import { getRecord } from '#lib/records/operations/get-record.ts'
import { readHistory } from '#lib/records/operations/read-history.ts'
import { removeRecord } from '#lib/records/operations/remove-record.ts'
import { restoreRecord } from '#lib/records/operations/restore-record.ts'
import { revertRecord } from '#lib/records/operations/revert-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
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
  type Tables,
  toldBy,
} from '../../../../support/table.ts'

const customer = objectNamed('customer')
const contact = objectNamed('contact')
const role = objectNamed('role')
const team = objectNamed('team')
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
const remove = (id: string, more: object = {}) => removeRecord(asAdmin(), { object: customer, id, ...more })
const restore = (id: string, more: object = {}) => restoreRecord(asAdmin(), { object: customer, id, ...more })
const holder = (value: string) => holderOf(asAdmin().store, 'customer', 'taxId', value)
const trash = async () =>
  (await findRecords(asAdmin(), { object: customer, query: { limit: 200, trash: true } })).items.map(each => each['id'])

describe('removeRecord', () => {
  it('puts a record into the bin: not found, listed in the trash, its history kept', async () => {
    const id = await make()
    const { outcome, version, record } = await remove(id)
    expect([outcome, version, record['deletedAt']]).toEqual(['deleted', 2, record['updatedAt']])
    expect(await toldBy(getRecord(asAdmin(), { object: customer, id }))).toEqual(['not_found'])
    expect(await trash()).toContain(id)
    const { items } = await readHistory(asAdmin(), { object: customer, id, limit: 5 })
    expect(items.map(item => item['action'])).toEqual(['deleted', 'created'])
  })

  it('a second delete finds nothing', async () => {
    const id = await make()
    await remove(id)
    expect(await toldBy(remove(id))).toEqual(['not_found'])
  })

  it('is held to its version', async () => {
    const id = await make()
    expect((await refusalOf(remove(id, { ifVersions: [2] }))).members).toEqual({ currentVersion: 1 })
    expect(await remove(id, { ifVersions: [1] })).toMatchObject({ outcome: 'deleted' })
  })

  it('a dry run deletes nothing', async () => {
    const id = await make()
    expect(await remove(id, { dryRun: true })).toMatchObject({ outcome: 'deleted' })
    expect((await getRecord(asAdmin(), { object: customer, id })).version).toBe(1)
  })

  it('gives up unique values, and leaves no look-up key behind', async () => {
    const id = await make({
      taxId: 'FREE-1',
      emails: [{ value: 'a@corp-free.cn' }],
      phones: [{ value: '13912070001' }],
    })
    await remove(id)
    expect(await holder('free-1')).toBeUndefined()
    expect(await countItems(tables, 'M#customer#email#a@corp-free.cn')).toBe(0)
    expect(await countItems(tables, 'M#customer#phone#+8613912070001')).toBe(0)
  })

  it('a role or team that somebody holds cannot be deleted; one that nobody holds can', async () => {
    const actor = await actorWithRole(tables, {
      permissions: [{ object: 'customer', create: 'all', read: 'all', update: 'all', delete: 'all' }],
    })
    const held = await refusalOf(removeRecord(asAdmin(), { object: role, id: actor.roleId }))
    const team_ = await refusalOf(removeRecord(asAdmin(), { object: team, id: cast.teams.east }))
    expect([held, team_].map(error => error.errors[0]?.code)).toEqual(['still_referenced', 'still_referenced'])
    expect(held.message).toContain(actor.id)
    await removeRecord(asAdmin(), { object: user, id: actor.id })
    expect(await removeRecord(asAdmin(), { object: role, id: actor.roleId })).toMatchObject({ outcome: 'deleted' })
  })

  it('a customer with contacts can be deleted: they keep its id', async () => {
    const customerId = await make()
    const made = await createRecord(asAdmin(), { object: contact, input: { name: 'x', customerId } })
    await remove(customerId)
    const { record } = await getRecord(asAdmin(), { object: contact, id: made.id })
    expect(record['customerId']).toBe(customerId)
  })
})

describe('restoreRecord', () => {
  it('brings a record back as it was, with its unique values and keys', async () => {
    const id = await make({ taxId: 'BACK-1', emails: [{ value: 'a@corp-back.cn' }] })
    const { record: before } = await getRecord(asAdmin(), { object: customer, id })
    await remove(id)
    const { record, outcome, version } = await restore(id)
    expect([outcome, version]).toEqual(['restored', 3])
    expect(record).toEqual({ ...before, version: 3, updatedAt: record['updatedAt'] })
    expect(await holder('back-1')).toBe(id)
    expect(await countItems(tables, 'M#customer#email#a@corp-back.cn')).toBe(1)
    expect(await trash()).not.toContain(id)
  })

  it('a record that is not in the bin stays as it is', async () => {
    expect(await restore(await make())).toMatchObject({ outcome: 'unchanged', version: 1 })
  })

  it('is refused while another record has its unique value, and comes back once that is free', async () => {
    const id = await make({ taxId: 'SWAP-1' })
    await remove(id)
    const other = await make({ taxId: 'SWAP-1' })
    const error = await refusalOf(restore(id))
    expect([error.code, error.members]).toEqual(['unique_violation', { existingId: other }])
    expect(await toldBy(restore(id, { dryRun: true }))).toEqual(['unique_violation', '/taxId unique_violation'])
    await remove(other)
    expect(await restore(id)).toMatchObject({ outcome: 'restored' })
    expect(await holder('swap-1')).toBe(id)
  })

  it('is held to its version, which the bin counts too', async () => {
    const id = await make()
    await remove(id)
    expect(await toldBy(restore(id, { ifVersions: [1] }))).toEqual(['version_conflict'])
    expect(await restore(id, { ifVersions: [2] })).toMatchObject({ version: 3 })
  })

  it('needs the right to delete', async () => {
    const made = await createRecord(contextOf(tables, cast.rep), { object: customer, input: { name: 'x' } })
    await remove(made.id)
    const asRep = contextOf(tables, cast.rep)
    expect(await toldBy(restoreRecord(asRep, { object: customer, id: made.id }))).toEqual(['not_found'])
    const asManager = contextOf(tables, cast.manager)
    expect(await restoreRecord(asManager, { object: customer, id: made.id })).toMatchObject({ outcome: 'restored' })
  })
})

describe('revertRecord', () => {
  const revert = (id: string, toVersion: unknown, more: object = {}) =>
    revertRecord(asAdmin(), { object: customer, id, toVersion, ...more })

  it('writes a new version that equals the old one', async () => {
    const id = await make({ tier: 'A', tags: ['x'], address: { city: '北京' } })
    const { record: first } = await getRecord(asAdmin(), { object: customer, id })
    await updateRecord(asAdmin(), { object: customer, id, patch: { name: 'y', tier: null, address: { city: '上海' } } })
    await updateRecord(asAdmin(), { object: customer, id, patch: { tags: null, industry: 'retail' } })
    const { record, outcome, version } = await revert(id, 1)
    expect([outcome, version]).toEqual(['reverted', 4])
    expect(record).toEqual({ ...first, version: 4, updatedAt: record['updatedAt'] })
    const { items } = await readHistory(asAdmin(), { object: customer, id, limit: 1 })
    expect(items[0]).toMatchObject({ action: 'reverted', changes: { tier: { old: null, new: 'A' } } })
  })

  it('a revert can be reverted', async () => {
    const id = await make()
    await updateRecord(asAdmin(), { object: customer, id, patch: { name: 'y' } })
    await revert(id, 1)
    expect((await revert(id, 2)).record['name']).toBe('y')
  })

  it('takes unique values back', async () => {
    const id = await make({ taxId: 'REVERT-1' })
    await updateRecord(asAdmin(), { object: customer, id, patch: { taxId: 'REVERT-2' } })
    await revert(id, 1)
    expect([await holder('revert-1'), await holder('revert-2')]).toEqual([id, undefined])
  })

  it('is refused when another record has taken the value', async () => {
    const id = await make({ taxId: 'REVERT-3' })
    await updateRecord(asAdmin(), { object: customer, id, patch: { taxId: null } })
    await make({ taxId: 'REVERT-3' })
    expect(await toldBy(revert(id, 1))).toEqual(['unique_violation', '/taxId unique_violation'])
  })

  it('to the version it has writes nothing', async () => {
    const id = await make()
    await updateRecord(asAdmin(), { object: customer, id, patch: { name: 'y' } })
    expect(await revert(id, 2)).toMatchObject({ outcome: 'unchanged', version: 2 })
  })

  it('brings the team of that version back with its owner', async () => {
    const id = await make({ ownerId: cast.rep.id })
    await updateRecord(asAdmin(), { object: customer, id, patch: { ownerId: cast.outsider.id } })
    expect((await revert(id, 1)).record).toMatchObject({ ownerId: cast.rep.id, teamId: cast.teams.east })
  })

  it.each([
    ['a version to come', 9, 'unknown_version'],
    ['zero', 0, 'invalid_type'],
    ['a negative one', -1, 'invalid_type'],
    ['half a version', 1.5, 'invalid_type'],
    ['a text', '1', 'invalid_type'],
    ['nothing', undefined, 'invalid_type'],
  ])('%s is refused', async (_what, toVersion, code) => {
    expect(await toldBy(revert(await make(), toVersion))).toEqual(['validation_failed', `/toVersion ${code}`])
  })

  it('the version of a deletion is none to return to', async () => {
    const id = await make()
    await remove(id)
    await restore(id)
    expect(await toldBy(revert(id, 2))).toEqual(['validation_failed', '/toVersion unknown_version'])
  })

  it('is held to the version the caller saw', async () => {
    const id = await make()
    await updateRecord(asAdmin(), { object: customer, id, patch: { name: 'y' } })
    expect(await toldBy(revert(id, 1, { ifVersions: [1] }))).toEqual(['version_conflict'])
  })

  it('a role cannot undo a field that it may not change', async () => {
    const id = await make({ ownerId: cast.rep.id })
    await updateRecord(asAdmin(), { object: customer, id, patch: { tier: 'A' } })
    const asRep = contextOf(tables, cast.rep)
    expect(await toldBy(revertRecord(asRep, { object: customer, id, toVersion: 1 }))).toEqual([
      'field_read_only',
      '/tier field_read_only',
    ])
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeAccess } from '#lib/permissions/describe.ts'
import { createActorCache, loadActor, roleRules } from '#lib/permissions/load-actor.ts'
import { allows, fieldAccess, recordRule } from '#lib/permissions/rules.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { removeRecord } from '#lib/records/operations/remove-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { createStore } from '#lib/store/table.ts'
import type { JsonObject } from '#schemas/json.ts'
import { standardObjects } from '#schemas/registry.ts'
import {
  actorOf,
  actorWithRole,
  type Cast,
  contextOf,
  handClock,
  objectNamed,
  seedCast,
  startTables,
  systemContext,
  type Tables,
} from '../../../support/table.ts'

const customer = objectNamed('customer')
const user = objectNamed('user')
const role = objectNamed('role')
const all = { create: 'all', read: 'all', update: 'all', delete: 'all' }

let tables: Tables
let cast: Cast
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
})
afterAll(() => tables.stop())

const asAdmin = () => contextOf(tables, cast.admin)
const store = () => createStore(tables.records)
const newcomer = () => actorWithRole(tables, { permissions: [{ object: 'customer', ...all }] })

describe('loadActor', () => {
  it('gives a person with team and rules, in two reads', async () => {
    const reads = store()
    const actor = await loadActor(reads, { userId: cast.rep.id })
    expect(actor).toMatchObject({
      name: 'rep',
      email: 'rep@example.com',
      teamId: cast.teams.east,
      role: { name: 'rep' },
    })
    expect(actor?.role.scopes.get('customer')).toEqual({ create: 'own', read: 'own', update: 'own', delete: 'none' })
    expect(actor?.role.fields.get('customer.tier')).toBe('readOnly')
    expect(reads.meter.calls).toBe(2)
  })

  it('gives a program by its client id, whatever the case', async () => {
    const input = {
      name: 'erp',
      email: 'erp@integrations.invalid',
      roleId: cast.integration.roleId,
      clientId: 'AbC123',
    }
    const { id } = await createRecord(systemContext(tables), { object: user, input })
    const found = await Promise.all(['AbC123', 'abc123'].map(clientId => loadActor(store(), { clientId })))
    expect(found.map(actor => actor?.id)).toEqual([id, id])
  })

  it.each([
    ['a user that does not exist', { userId: 'user_01h455vb4pex5vsknk084sn02q' }],
    ['no id', { userId: '' }],
    ['a client that does not exist', { clientId: 'nobody' }],
  ])('%s is nobody', async (_what, who) => {
    expect(await loadActor(store(), who)).toBeUndefined()
  })

  it('the id of a customer is nobody', async () => {
    const { id } = await createRecord(asAdmin(), { object: customer, input: { name: 'x' } })
    expect(await loadActor(store(), { userId: id })).toBeUndefined()
  })

  it('a disabled user is nobody, and somebody again when enabled', async () => {
    const { id } = await newcomer()
    await updateRecord(asAdmin(), { object: user, id, patch: { status: 'disabled' } })
    expect(await loadActor(store(), { userId: id })).toBeUndefined()
    await updateRecord(asAdmin(), { object: user, id, patch: { status: 'active' } })
    expect((await loadActor(store(), { userId: id }))?.id).toBe(id)
  })

  it('a deleted user is nobody, and so is one whose role went meanwhile', async () => {
    const { id, roleId } = await newcomer()
    await removeRecord(asAdmin(), { object: user, id })
    expect(await loadActor(store(), { userId: id })).toBeUndefined()
    await removeRecord(asAdmin(), { object: role, id: roleId })
    expect(await loadActor(store(), { userId: id })).toBeUndefined()
  })
})

describe('createActorCache', () => {
  it('reads once within its time, then again', async () => {
    const clock = handClock()
    const cache = createActorCache({ ttlMs: 10_000, clock })
    const reads = store()
    const find = () => cache.find(reads, { userId: cast.rep.id })
    await find()
    clock.advance(9_999)
    await find()
    expect(reads.meter.calls).toBe(2)
    clock.advance(1)
    await find()
    expect(reads.meter.calls).toBe(4)
  })

  it('reads once for many requests at the same moment', async () => {
    const cache = createActorCache({ ttlMs: 10_000, clock: handClock() })
    const reads = store()
    await Promise.all(Array.from({ length: 20 }, () => cache.find(reads, { userId: cast.rep.id })))
    expect(reads.meter.calls).toBe(2)
  })

  it('a changed role is in force at once where it is told to forget', async () => {
    const { id, roleId } = await newcomer()
    const cache = createActorCache({ ttlMs: 10_000, clock: handClock() })
    const scopeOf = async () => (await cache.find(store(), { userId: id }))?.role.scopes.get('customer')?.read
    const before = await scopeOf()
    const permissions = [{ object: 'customer', ...all, read: 'own' }]
    await updateRecord(asAdmin(), { object: role, id: roleId, patch: { permissions } })
    const remembered = await scopeOf()
    cache.forget()
    expect([before, remembered, await scopeOf()]).toEqual(['all', 'all', 'own'])
  })

  it('does not remember that somebody was not there', async () => {
    const cache = createActorCache({ ttlMs: 10_000, clock: handClock() })
    const { id } = await newcomer()
    await updateRecord(asAdmin(), { object: user, id, patch: { status: 'disabled' } })
    expect(await cache.find(store(), { userId: id })).toBeUndefined()
    await updateRecord(asAdmin(), { object: user, id, patch: { status: 'active' } })
    expect((await cache.find(store(), { userId: id }))?.id).toBe(id)
  })
})

describe('recordRule', () => {
  const stored = (fields: JsonObject, id = 'cust_01h455vb4pex5vsknk084sn02q') =>
    ({ id, object: 'customer', fields }) as StoredRecord
  const withScope = (scope: string, teamId?: string) => ({
    ...cast.rep,
    teamId,
    role: roleRules({ fields: { permissions: [{ object: 'customer', read: scope }] } }),
  })

  it.each<[string, string, string[]]>([
    ['none', 'east', []],
    ['own', 'east', ['mine', 'mine, other team']],
    ['team', 'east', ['mine', 'mine, other team', 'team']],
    ['all', 'east', ['mine', 'mine, other team', 'team', 'other team', 'nobody']],
    ['a scope that is none', 'east', []],
  ])('scope %s', (scope, teamId, seen) => {
    const records = {
      mine: stored({ ownerId: cast.rep.id, teamId: 'east' }),
      'mine, other team': stored({ ownerId: cast.rep.id, teamId: 'west' }),
      team: stored({ ownerId: 'x', teamId: 'east' }),
      'other team': stored({ ownerId: 'x', teamId: 'west' }),
      nobody: stored({}),
    }
    const rule = recordRule(withScope(scope, teamId), customer, 'read')
    const visible = Object.entries(records).filter(([, record]) => allows(rule, record))
    expect(visible.map(([name]) => name)).toEqual(seen)
  })

  it('a person without a team shares no team with records without one', () => {
    const rule = recordRule(withScope('team'), customer, 'read')
    expect(allows(rule, stored({ ownerId: 'x' }))).toBe(false)
  })

  it('a verb that the role does not name is out of reach, and so is an object', () => {
    const actor = withScope('all')
    expect(recordRule(actor, customer, 'update')).toBe(false)
    expect(recordRule(actor, user, 'read')).toBe(false)
  })

  it('users own themselves', () => {
    const actor = { ...cast.rep, role: roleRules({ fields: { permissions: [{ object: 'user', read: 'own' }] } }) }
    const rule = recordRule(actor, user, 'read')
    expect([cast.rep.id, cast.rep2.id].map(id => allows(rule, { ...stored({}, id), object: 'user' }))).toEqual([
      true,
      false,
    ])
  })
})

describe('fieldAccess', () => {
  it.each([
    ['customer', 'tier', 'readOnly'],
    ['customer', 'name', 'editable'],
    ['contact', 'tier', 'editable'],
  ])('the rep and %s.%s: %s', (object, field, access) => {
    expect(fieldAccess(cast.rep, object, field)).toBe(access)
  })
})

describe('describeAccess', () => {
  it('tells who one is and what one may do', async () => {
    const actor = await actorOf(tables, cast.service.id)
    const told = describeAccess(actor, standardObjects)
    expect(told).toMatchObject({
      id: cast.service.id,
      teamId: cast.teams.east,
      role: { name: 'service' },
      permissions: {
        customers: { create: 'none', read: 'all', update: 'none', delete: 'none', fields: { taxId: 'hidden' } },
        contacts: { create: 'all', fields: { birthday: 'masked' } },
        roles: { create: 'none', read: 'none', update: 'none', delete: 'none', fields: {} },
      },
    })
  })
})

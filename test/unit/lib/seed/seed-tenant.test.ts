import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findRecords } from '#lib/records/operations/find-records.ts'
import { removeRecord } from '#lib/records/operations/remove-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { seedTenant } from '#lib/seed/seed-tenant.ts'
import type { JsonObject } from '#schemas/json.ts'
import { objectNamed, startTables, systemContext, type Tables } from '../../../support/table.ts'

const seeds = {
  users: [
    { email: 'admin@example.com', name: '管理员', role: 'admin' },
    { email: 'rep@example.com', name: '销售', role: 'rep', team: 'East' },
    { email: 'rep2@example.com', name: '销售二', role: 'rep', team: 'East' },
  ],
  integrations: [{ name: 'erp', clientId: 'client-1' }],
}

let tables: Tables
beforeAll(async () => {
  tables = await startTables()
})
afterAll(() => tables.stop())

const ctx = () => systemContext(tables)
const all = async (name: string) =>
  (await findRecords(ctx(), { object: objectNamed(name), query: { limit: 50 } })).items

describe('seedTenant', () => {
  it('makes roles, teams, people and programs, once', async () => {
    expect(await seedTenant(ctx(), seeds)).toEqual({ created: 11 })
    expect(await seedTenant(ctx(), seeds)).toEqual({ created: 0 })
    expect([(await all('role')).length, (await all('team')).length, (await all('user')).length]).toEqual([6, 1, 4])
    const erp = (await all('user')).find(user => user['name'] === 'erp')
    expect(erp).toMatchObject({ clientId: 'client-1', email: 'erp@integrations.invalid' })
  })

  it('leaves what somebody changed as it is', async () => {
    const rep = (await all('role')).find(role => role['name'] === 'rep')
    await updateRecord(ctx(), { object: objectNamed('role'), id: String(rep?.['id']), patch: { description: 'Ours' } })
    await seedTenant(ctx(), seeds)
    expect((await all('role')).find(role => role['name'] === 'rep')).toMatchObject({ description: 'Ours' })
  })

  it('roles of an earlier release learn of the objects that came since, and keep what they say', async () => {
    const roleNamed = async (name: string) => (await all('role')).find(role => role['name'] === name)
    const entriesOf = async (name: string) => (await roleNamed(name))?.['permissions'] as JsonObject[]
    const set = async (name: string, permissions: JsonObject[]) =>
      updateRecord(ctx(), {
        object: objectNamed('role'),
        id: String((await roleNamed(name))?.['id']),
        patch: { permissions },
      })
    const none = { object: 'setting', create: 'none', read: 'none', update: 'none', delete: 'none' }
    const isOld = ({ object }: JsonObject) => ['customer', 'user', 'role'].includes(String(object))
    await set('admin', (await entriesOf('admin')).filter(isOld))
    await set('manager', [...(await entriesOf('manager')).filter(isOld), none])
    await seedTenant(ctx(), seeds)
    const admin = await entriesOf('admin')
    expect(admin.find(({ object }) => object === 'setting')).toMatchObject({ read: 'all', update: 'all' })
    // Contacts were there from the beginning: somebody took them away.
    expect(admin.filter(({ object }) => object === 'contact')).toEqual([])
    expect((await entriesOf('manager')).find(({ object }) => object === 'setting')).toEqual(none)
    const version = (await roleNamed('admin'))?.['version']
    await seedTenant(ctx(), seeds)
    expect((await roleNamed('admin'))?.['version']).toBe(version)
  })

  it('somebody who was deleted does not come back', async () => {
    const rep2 = (await all('user')).find(user => user['email'] === 'rep2@example.com')
    await removeRecord(ctx(), { object: objectNamed('user'), id: String(rep2?.['id']) })
    expect(await seedTenant(ctx(), seeds)).toEqual({ created: 0 })
  })

  it('two deployments at once make everything once', async () => {
    const more = { users: [{ email: 'new@example.com', name: 'New', role: 'rep', team: 'North' }], integrations: [] }
    const counts = await Promise.all([seedTenant(ctx(), more), seedTenant(ctx(), more), seedTenant(ctx(), more)])
    expect(counts.reduce((sum, { created }) => sum + created, 0)).toBe(2)
    expect((await all('team')).map(team => team['name']).toSorted()).toEqual(['East', 'North'])
  })

  it('a role that does not exist is told', async () => {
    const bad = { users: [{ email: 'x@example.com', name: 'X', role: 'boss' }], integrations: [] }
    await expect(seedTenant(ctx(), bad)).rejects.toThrow('There is no role or team boss')
  })
})

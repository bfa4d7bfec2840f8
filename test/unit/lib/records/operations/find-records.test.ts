import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Actor } from '#lib/permissions/actor.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { findRecords, type ListQuery } from '#lib/records/operations/find-records.ts'
import { removeRecord } from '#lib/records/operations/remove-record.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { JsonObject } from '#schemas/json.ts'
import {
  actorWithRole,
  type Cast,
  contextOf,
  objectNamed,
  seedCast,
  startTables,
  type Tables,
  toldBy,
} from '../../../../support/table.ts'

const customer = objectNamed('customer')
const contact = objectNamed('contact')
const activity = objectNamed('activity')
const user = objectNamed('user')
const role = objectNamed('role')

let tables: Tables
let cast: Cast
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
})
afterAll(() => tables.stop())

const as = (actor: Actor, more: Partial<Context> = {}) => contextOf(tables, actor, more)
const find = (ctx: Context, object: ObjectDefinition, query: Partial<ListQuery> = {}) =>
  findRecords(ctx, { object, query: { limit: 200, ...query } })
const namesIn = async (ctx: Context, query: Partial<ListQuery> = {}, object = customer) =>
  (await find(ctx, object, query)).items.map(item => item[object.titleField])

/** All pages of a list. */
async function pagesOf(ctx: Context, object: ObjectDefinition, query: ListQuery): Promise<JsonObject[][]> {
  const pages: JsonObject[][] = []
  let cursor: string | undefined
  do {
    const page = await findRecords(ctx, { object, query: { ...query, cursor } })
    pages.push(page.items)
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return pages
}

describe('scopes', () => {
  it('own, team, all and none see what they should, and no more', async () => {
    const mark = { industry: 'media' }
    const make = (actor: Actor, name: string) => createRecord(as(actor), { object: customer, input: { name, ...mark } })
    await make(cast.rep, 'mine')
    await make(cast.rep2, 'colleague')
    await make(cast.outsider, 'other team')
    const nobody = await actorWithRole(tables, {
      permissions: [{ object: 'contact', create: 'all', read: 'all', update: 'all', delete: 'all' }],
    })
    const query = { filter: 'record.industry == "media"', sort: 'updatedAt' } as const
    expect(await namesIn(as(cast.rep), query)).toEqual(['mine'])
    expect(await namesIn(as(cast.manager), query)).toEqual(['mine', 'colleague'])
    expect(await namesIn(as(cast.admin), query)).toEqual(['mine', 'colleague', 'other team'])
    expect(await toldBy(find(as(nobody), customer, query))).toEqual(['not_found'])
  })

  it('a filter or owner for others does not widen what one sees', async () => {
    const ctx = as(cast.rep)
    expect(await namesIn(ctx, { owner: cast.outsider.id })).toEqual([])
    expect(await namesIn(ctx, { filter: `record.ownerId == "${cast.outsider.id}"` })).toEqual([])
    expect(await namesIn(ctx, { filter: `record.ownerId != me` })).toEqual([])
  })

  it('owner=me and owner=<id> list the same', async () => {
    expect(await namesIn(as(cast.rep), { owner: 'me' })).toEqual(await namesIn(as(cast.admin), { owner: cast.rep.id }))
  })

  it.each(['nobody', '', 'x'.repeat(3000), '用户'])('an owner that is no id finds nothing: %s', async owner => {
    expect(await namesIn(as(cast.admin), { owner })).toEqual([])
  })

  it('objects without owners cannot be listed by owner', async () => {
    expect(await toldBy(find(as(cast.admin), role, { owner: 'me' }))).toEqual([
      'validation_failed',
      '?owner invalid_value',
    ])
  })

  it('the owner cannot be asked for where the role hides it', async () => {
    const blind = await actorWithRole(tables, {
      permissions: [{ object: 'customer', create: 'all', read: 'all', update: 'all', delete: 'all' }],
      fieldAccess: [{ object: 'customer', field: 'ownerId', access: 'hidden' }],
    })
    expect(await toldBy(find(as(blind), customer, { owner: cast.rep.id }))).toContain('?owner invalid_value')
    expect(await toldBy(find(as(blind), customer, { filter: 'record.ownerId == me' }))).toContain('invalid_filter')
  })
})

describe('the trash', () => {
  it('lists deleted records only, to those who may see and delete them', async () => {
    const gone = await createRecord(as(cast.rep), { object: customer, input: { name: 'binned' } })
    await removeRecord(as(cast.admin), { object: customer, id: gone.id })
    const query = { trash: true, filter: 'record.name == "binned"' }
    expect(await namesIn(as(cast.manager), query)).toEqual(['binned'])
    expect(await toldBy(find(as(cast.rep), customer, query))).toEqual(['not_found'])
    expect(await namesIn(as(cast.admin), { filter: 'record.name == "binned"' })).toEqual([])
  })

  it('shows a role that deletes all but reads its own only its own', async () => {
    const odd = await actorWithRole(tables, {
      permissions: [{ object: 'customer', create: 'all', read: 'own', update: 'own', delete: 'all' }],
    })
    expect(await namesIn(as(odd), { trash: true })).toEqual([])
  })

  it('with a parent lists only what hung on it', async () => {
    const parent = await createRecord(as(cast.admin), { object: customer, input: { name: 'p' } })
    const input = { name: 'child', customerId: parent.id }
    const child = await createRecord(as(cast.admin), { object: contact, input })
    const stranger = await createRecord(as(cast.admin), { object: contact, input: { name: 'stranger' } })
    for (const { id } of [child, stranger]) await removeRecord(as(cast.admin), { object: contact, id })
    expect(await namesIn(as(cast.admin), { trash: true, parent: parent.id }, contact)).toEqual(['child'])
  })
})

describe('children', () => {
  it('are listed in the order of their own time, newest first or last', async () => {
    const parent = await createRecord(as(cast.admin), { object: customer, input: { name: 'p' } })
    for (const [subject, day] of [
      ['b', '02'],
      ['c', '03'],
      ['a', '01'],
    ])
      await createRecord(as(cast.admin), {
        object: activity,
        input: { type: 'call', subject: subject ?? '', customerId: parent.id, occurredAt: `2026-01-${day}T00:00:00Z` },
      })
    const newestFirst = await namesIn(as(cast.admin), { parent: parent.id }, activity)
    const oldestFirst = await namesIn(as(cast.admin), { parent: parent.id, sort: 'updatedAt' }, activity)
    expect([newestFirst, oldestFirst]).toEqual([
      ['c', 'b', 'a'],
      ['a', 'b', 'c'],
    ])
    const pages = await pagesOf(as(cast.admin), activity, { limit: 1, parent: parent.id })
    expect(pages.flat().map(item => item['subject'])).toEqual(['c', 'b', 'a'])
    const filter = `record.customerId == "${parent.id}"`
    expect(await namesIn(as(cast.admin), { filter }, activity)).toEqual(['c', 'b', 'a'])
  })

  it('are found by a look-up reference too', async () => {
    const person = await createRecord(as(cast.admin), { object: contact, input: { name: 'p' } })
    for (const subject of ['1', '2', '3'])
      await createRecord(as(cast.admin), { object: activity, input: { type: 'call', subject, contactId: person.id } })
    const pages = await pagesOf(as(cast.admin), activity, { limit: 2, parent: person.id })
    expect(pages.flat().map(item => item['subject'])).toEqual(['3', '2', '1'])
    expect(await namesIn(as(cast.rep2), { parent: person.id }, activity).catch(error => error.code)).toBe('not_found')
  })

  it('holders of a role are found by it', async () => {
    const filter = `record.roleId == "${cast.manager.roleId}"`
    expect(await namesIn(as(cast.admin), { filter }, user)).toEqual(['manager'])
  })

  it.each([
    ['an id of nothing that has children', 'role_01h455vb4pex5vsknk084sn02q', '?parent invalid_reference'],
    ['no id', 'nonsense', '?parent invalid_reference'],
    ['nothing', '', '?parent invalid_reference'],
    ['a name of the prototype', 'constructor', '?parent invalid_reference'],
  ])('%s is refused as a parent', async (_what, parent, told) => {
    expect(await toldBy(find(as(cast.admin), activity, { parent }))).toEqual(['validation_failed', told])
  })

  it('a parent that the actor may not see is not found', async () => {
    const parent = await createRecord(as(cast.outsider), { object: customer, input: { name: 'p' } })
    expect(await toldBy(find(as(cast.rep), activity, { parent: parent.id }))).toEqual(['not_found'])
  })
})

describe('fields', () => {
  it('shows those asked for', async () => {
    const { items } = await find(as(cast.admin), customer, { limit: 1, fields: ['name'] })
    expect(items.map(item => Object.keys(item).toSorted())).toEqual([['id', 'name', 'object', 'version']])
  })

  it('refuses unknown ones', async () => {
    expect(await toldBy(find(as(cast.admin), customer, { fields: ['colour'] }))).toEqual([
      'unknown_field',
      '?fields unknown_field',
    ])
  })
})

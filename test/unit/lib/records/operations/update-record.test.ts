import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { getRecord } from '#lib/records/operations/get-record.ts'
import { readHistory } from '#lib/records/operations/read-history.ts'
import { removeRecord } from '#lib/records/operations/remove-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import type { JsonObject } from '#schemas/json.ts'
import { serverFields } from '#schemas/server-fields.ts'
import {
  type Cast,
  contextOf,
  countItems,
  endsOf,
  handClock,
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

let tables: Tables
let cast: Cast
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
})
afterAll(() => tables.stop())

const asRep = () => contextOf(tables, cast.rep)
const asAdmin = () => contextOf(tables, cast.admin)
const make = async (input: JsonObject = {}) =>
  (await createRecord(asAdmin(), { object: customer, input: { name: 'x', ownerId: cast.rep.id, ...input } })).id
const patchAs =
  (ctx = asRep()) =>
  (id: string, patch: unknown, ifVersions?: number[]) =>
    updateRecord(ctx, { object: customer, id, patch, ifVersions })

describe('updateRecord', () => {
  it('changes what the patch names, in one read and one write', async () => {
    const id = await make({ industry: 'retail' })
    const ctx = asRep()
    const { record, outcome, version } = await patchAs(ctx)(id, { name: 'y', industry: null })
    expect([outcome, version, record['name'], 'industry' in record]).toEqual(['updated', 2, 'y', false])
    expect(ctx.store.meter.calls).toBe(2)
  })

  it.each<[string, JsonObject, JsonObject, unknown]>([
    [
      'a part of an address is changed, the others stay',
      { city: '北京', street: '1' },
      { street: '2' },
      { city: '北京', street: '2' },
    ],
    ['null removes a part', { city: '北京', street: '1' }, { street: null }, { city: '北京' }],
    ['empty text removes a part', { city: '北京', street: '1' }, { street: ' ' }, { city: '北京' }],
    ['the last part gone, the address is', { city: '北京' }, { city: null }, undefined],
  ])('%s', async (_what, address, patch, stored) => {
    const id = await make({ address })
    const { record } = await patchAs()(id, { address: patch })
    expect(record['address']).toEqual(stored)
  })

  it('lists are replaced whole', async () => {
    const id = await make({ tags: ['a', 'b'] })
    const { record } = await patchAs()(id, { tags: ['c'] })
    expect(record['tags']).toEqual(['c'])
  })

  it.each<[string, JsonObject]>([
    ['nothing', {}],
    ['the same values', { name: 'x', tags: ['a'] }],
    ['the same after tidying', { name: ' x ', phones: [{ value: '139 1207 7502', entered: '13912077502' }] }],
    ['fields that are empty already cleared', { website: null, address: {} }],
  ])('a patch of %s writes nothing and keeps the version', async (_what, patch) => {
    const id = await make({ tags: ['a'], phones: [{ value: '13912077502' }] })
    const before = await countItems(tables)
    const { outcome, version } = await patchAs()(id, patch)
    expect([outcome, version, await countItems(tables)]).toEqual(['unchanged', 1, before])
  })

  it('what a client reads can be sent back whole, and changes nothing', async () => {
    const input = {
      phones: [{ value: '０１０－６２３４５６７８转801' }],
      emails: [{ value: 'A@B.cn' }],
      address: { city: '北京' },
      website: 'x.cn',
      lastContactedAt: '2026-01-01T08:00:00+08:00',
      externalIds: [{ system: 'roundtrip', id: '1' }],
    }
    const id = await make(input)
    const { record } = await getRecord(asAdmin(), { object: customer, id })
    const own = new Set<string>(serverFields)
    const patch = Object.fromEntries(Object.entries(record).filter(([name]) => !own.has(name)))
    expect(await patchAs(asAdmin())(id, patch)).toMatchObject({ outcome: 'unchanged', version: 1 })
  })

  it.each<[string, unknown, string[]]>([
    ['the required name cleared', { name: null }, ['validation_failed', '/name required']],
    ['a server-owned name', { version: 7 }, ['field_read_only', '/version field_read_only']],
    ['an unknown field', { colour: 1 }, ['unknown_field', '/colour unknown_field']],
    ['a field the role may only read', { tier: 'A' }, ['field_read_only', '/tier field_read_only']],
    ['a field the role may only read, cleared', { tier: null }, ['field_read_only', '/tier field_read_only']],
    ['a text for an address', { address: 'x' }, ['validation_failed', '/address invalid_type']],
    ['an object for a list', { tags: { a: 1 } }, ['validation_failed', '/tags invalid_type']],
    ['an object for a text', { name: { a: 1 } }, ['validation_failed', '/name invalid_type']],
    ['a list for a body', [], ['validation_failed', ' invalid_type']],
    ['a text for a body', 'x', ['validation_failed', ' invalid_type']],
    ['__proto__', JSON.parse('{"__proto__":{"name":"y"}}'), ['unknown_field', '/__proto__ unknown_field']],
  ])('refuses %s, and writes nothing', async (_what, patch, told) => {
    const id = await make()
    expect(await toldBy(patchAs()(id, patch))).toEqual(told)
    expect((await getRecord(asRep(), { object: customer, id })).version).toBe(1)
  })

  it('moves with a new owner to that owner’s team, unless a team is named', async () => {
    const id = await make()
    const moved = await patchAs(asAdmin())(id, { ownerId: cast.outsider.id })
    const named = await patchAs(asAdmin())(id, { ownerId: cast.rep.id, teamId: cast.teams.west })
    expect([moved.record['teamId'], named.record['teamId']]).toEqual([cast.teams.west, cast.teams.west])
  })

  it('a contact whose customer went to the bin can still be edited', async () => {
    const customerId = await make()
    const made = await createRecord(asAdmin(), { object: contact, input: { name: 'x', customerId } })
    await removeRecord(asAdmin(), { object: customer, id: customerId })
    const patch = { name: 'y', customerId }
    expect(await updateRecord(asAdmin(), { object: contact, id: made.id, patch })).toMatchObject({ outcome: 'updated' })
  })

  it('a record in the bin is not found', async () => {
    const id = await make()
    await removeRecord(asAdmin(), { object: customer, id })
    expect(await toldBy(patchAs(asAdmin())(id, { name: 'y' }))).toEqual(['not_found'])
  })

  it('a dry run shows the next version and writes nothing', async () => {
    const id = await make()
    const request = { object: customer, id, patch: { name: 'y' }, dryRun: true }
    expect(await updateRecord(asRep(), request)).toMatchObject({ version: 2, record: { name: 'y' } })
    expect((await getRecord(asRep(), { object: customer, id })).version).toBe(1)
  })
})

describe('versions', () => {
  it.each([
    ['the right version', [1], 'updated'],
    ['one of several', [7, 1], 'updated'],
  ])('%s is taken', async (_what, ifVersions, outcome) => {
    expect(await patchAs()(await make(), { name: 'y' }, ifVersions)).toMatchObject({ outcome })
  })

  it.each([
    ['an old version', [1]],
    ['a version to come', [3]],
    ['no version', []],
  ])('%s is refused with the version there is', async (_what, ifVersions) => {
    const id = await make()
    await patchAs()(id, { name: 'y' })
    const { code, members } = await refusalOf(patchAs()(id, { name: 'z' }, ifVersions))
    expect([code, members]).toEqual(['version_conflict', { currentVersion: 2 }])
  })

  it('a patch that changes nothing is held to its version too', async () => {
    expect(await toldBy(patchAs()(await make(), { name: 'x' }, [9]))).toEqual(['version_conflict'])
  })

  it('of 20 writers who saw version 1, one wins and 19 are told', async () => {
    const id = await make()
    const writes = Array.from({ length: 20 }, (_, i) => patchAs()(id, { name: `n${i}` }, [1]))
    expect(await endsOf(writes)).toEqual(['updated', ...Array.from({ length: 19 }, () => 'version_conflict')])
    expect((await getRecord(asRep(), { object: customer, id })).version).toBe(2)
  })

  it('10 writers of different fields who named no version all succeed, and none undoes another', async () => {
    const id = await make()
    const fields = {
      industry: 'retail',
      priority: 'high',
      website: 'https://x.cn',
      verifyEvery: 'P90D',
      source: 'partner',
    }
    const patches: JsonObject[] = Object.entries(fields).map(([name, value]) => ({ [name]: value }))
    for (let i = 0; i < 5; i++) patches.push({ tags: [`t${i}`] })
    await Promise.all(patches.map(patch => patchAs(asAdmin())(id, patch)))
    const { record, version } = await getRecord(asRep(), { object: customer, id })
    expect(record).toMatchObject(fields)
    const { items } = await readHistory(asRep(), { object: customer, id, limit: 50 })
    expect([version, items.length]).toEqual([11, 11])
  })

  it('times of versions rise even where the clock stands still or goes back', async () => {
    const clock = handClock('2026-01-01T00:00:00.000Z')
    const ctx = () => contextOf(tables, cast.admin, { clock })
    const { id } = await createRecord(ctx(), { object: customer, input: { name: '0' } })
    await updateRecord(ctx(), { object: customer, id, patch: { name: '1' } })
    clock.advance(-60_000)
    await updateRecord(ctx(), { object: customer, id, patch: { name: '2' } })
    const { items } = await readHistory(ctx(), { object: customer, id, limit: 5 })
    expect(items.map(item => item['at'])).toEqual([
      '2026-01-01T00:00:00.002Z',
      '2026-01-01T00:00:00.001Z',
      '2026-01-01T00:00:00.000Z',
    ])
  })
})

describe('unique values', () => {
  it('an old value is free for others once it is given up', async () => {
    const first = await make({ taxId: 'GIVE-1' })
    await patchAs()(first, { taxId: 'GIVE-2' })
    expect(await holderOf(asAdmin().store, 'customer', 'taxId', 'give-1')).toBeUndefined()
    expect(await holderOf(asAdmin().store, 'customer', 'taxId', 'give-2')).toBe(first)
    expect(await make({ taxId: 'GIVE-1' })).toMatch(/^cust_/)
  })

  it('a taken value is refused, and the record keeps its own', async () => {
    await make({ taxId: 'TAKEN-1' })
    const id = await make({ taxId: 'MINE-1' })
    expect(await toldBy(patchAs()(id, { taxId: 'TAKEN-1' }))).toEqual(['unique_violation', '/taxId unique_violation'])
    expect(await holderOf(asAdmin().store, 'customer', 'taxId', 'mine-1')).toBe(id)
  })

  it('an external id can move to another place in the list', async () => {
    const id = await make({
      externalIds: [
        { system: 'erp', id: 'a' },
        { system: 'shop', id: 'b' },
      ],
    })
    const patch = {
      externalIds: [
        { system: 'shop', id: 'b' },
        { system: 'erp', id: 'a' },
      ],
    }
    expect(await patchAs()(id, patch)).toMatchObject({ outcome: 'updated' })
    expect(await holderOf(asAdmin().store, 'customer', 'externalIds', 'erp:a')).toBe(id)
  })
})

describe('large writes', () => {
  it('more keys than a transaction holds are refused with advice, and nothing is written', async () => {
    const list = (mark: string) => ({
      emails: Array.from({ length: 20 }, (_, i) => ({ value: `a@${mark}${i}.cn` })),
      phones: Array.from({ length: 20 }, (_, i) => ({ value: `1391207${mark === 'x' ? 1000 + i : 2000 + i}` })),
    })
    const id = await make(list('x'))
    const { errors } = await refusalOf(patchAs()(id, list('y')))
    expect(errors).toMatchObject([{ pointer: '', code: 'too_many_items' }])
    expect(errors[0]?.detail).toContain('Change fewer entries at once')
    expect((await getRecord(asRep(), { object: customer, id })).version).toBe(1)
  })
})

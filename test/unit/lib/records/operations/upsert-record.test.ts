import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { upsertRecord } from '#lib/records/operations/upsert-record.ts'
import type { JsonObject } from '#schemas/json.ts'
import {
  type Cast,
  contextOf,
  holderOf,
  objectNamed,
  refusalOf,
  seedCast,
  startTables,
  type Tables,
  toldBy,
} from '../../../../support/table.ts'

const customer = objectNamed('customer')
const activity = objectNamed('activity')

let tables: Tables
let cast: Cast
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
})
afterAll(() => tables.stop())

const ctx = () => contextOf(tables, cast.integration)
const put = (externalId: string, input: unknown, more: object = {}) =>
  upsertRecord(ctx(), { object: customer, system: 'erp', externalId, input, ...more })

describe('upsertRecord', () => {
  it('creates, then changes, then leaves as it is', async () => {
    const created = await put('1', { name: 'x' })
    const updated = await put('1', { name: 'y' })
    const unchanged = await put('1', { name: 'y' })
    expect([created, updated, unchanged].map(({ outcome, version }) => [outcome, version])).toEqual([
      ['created', 1],
      ['updated', 2],
      ['unchanged', 2],
    ])
    expect(new Set([created.id, updated.id, unchanged.id]).size).toBe(1)
    expect(created.record['externalIds']).toEqual([{ system: 'erp', id: '1' }])
  })

  it.each<[string, JsonObject]>([
    ['other ids', { externalIds: [{ system: 'shop', id: 'other' }] }],
    ['the very id, its members in any order', { externalIds: [{ id: 'keeps', system: 'erp' }] }],
    ['no ids', { externalIds: [] }],
    ['null', { externalIds: null }],
  ])('a record keeps the id it is named by when the body gives %s', async (_what, ids) => {
    await put('keeps', { name: 'x', ...ids })
    await put('keeps', { name: 'y', ...ids })
    const again = await put('keeps', { name: 'z', ...ids })
    expect([again.outcome, await holderOf(ctx().store, 'customer', 'externalIds', 'erp:keeps')]).toEqual([
      'updated',
      again.id,
    ])
  })

  it.each([
    ['spaces around', ' 7 '],
    ['a character in two parts', 'Cafe\u0301'],
    ['Chinese', '客户-7'],
    ['a colon', 'a:b:c'],
    ['a slash and a hash', 'a/b#c'],
  ])('an id with %s names one record', async (_what, externalId) => {
    const first = await put(externalId, { name: 'x' })
    const second = await put(externalId, { name: 'x' })
    expect([second.id, second.outcome]).toEqual([first.id, 'unchanged'])
  })

  it('of 10 at once one creates, and all end with the same record', async () => {
    const writes = await Promise.all(Array.from({ length: 10 }, (_, i) => put('race', { name: `n${i}` })))
    expect(new Set(writes.map(({ id }) => id)).size).toBe(1)
    expect(writes.filter(({ outcome }) => outcome === 'created')).toHaveLength(1)
  })

  it('ifAbsent creates only', async () => {
    expect(await put('absent', { name: 'x' }, { ifAbsent: true })).toMatchObject({ outcome: 'created' })
    expect(await toldBy(put('absent', { name: 'y' }, { ifAbsent: true }))).toEqual(['version_conflict'])
  })

  it('of 10 ifAbsent at once, one creates and nine fail their condition', async () => {
    const writes = Array.from({ length: 10 }, () => put('absent-race', { name: 'x' }, { ifAbsent: true }))
    const ends = await Promise.all(writes.map(write => write.then(each => each.outcome).catch(error => error.code)))
    expect(ends.toSorted()).toEqual(['created', ...Array.from({ length: 9 }, () => 'version_conflict')])
  })

  it('ifVersions changes only', async () => {
    expect(await toldBy(put('versions', { name: 'x' }, { ifVersions: [1] }))).toEqual(['version_conflict'])
    await put('versions', { name: 'x' })
    expect(await put('versions', { name: 'y' }, { ifVersions: [1] })).toMatchObject({ version: 2 })
    expect((await refusalOf(put('versions', { name: 'z' }, { ifVersions: [1] }))).members).toEqual({
      currentVersion: 2,
    })
  })

  it.each<[string, string, unknown, string[]]>([
    ['a system with a space', 'a b', { name: 'x' }, ['validation_failed', '/externalIds/0/system invalid_format']],
    ['no name', 'erp', {}, ['validation_failed', '/name required']],
    ['a body that is none', 'erp', 'x', ['validation_failed', ' invalid_type']],
    ['an id of 121 characters', 'erp', { name: 'x' }, ['validation_failed', '/externalIds/0/id too_long']],
  ])('%s is refused', async (what, system, input, told) => {
    const externalId = what.replaceAll(' ', '-').padEnd(Number(/\d+/.exec(what)?.[0] ?? 0), 'x')
    expect(await toldBy(upsertRecord(ctx(), { object: customer, system, externalId, input }))).toEqual(told)
  })

  it('an object without external ids has no such field', async () => {
    const request = { object: activity, system: 'erp', externalId: '1', input: { type: 'call', subject: 'x' } }
    expect(await toldBy(upsertRecord(ctx(), request))).toEqual(['unknown_field', '/externalIds unknown_field'])
  })

  it('a holder whom the actor may not see is not found', async () => {
    const input = { name: 'x', externalIds: [{ system: 'erp', id: 'secret' }] }
    await createRecord(contextOf(tables, cast.outsider), { object: customer, input })
    const request = { object: customer, system: 'erp', externalId: 'secret', input: { name: 'y' } }
    expect(await toldBy(upsertRecord(contextOf(tables, cast.rep), request))).toEqual(['not_found'])
  })

  it('a dry run writes nothing', async () => {
    expect(await put('dry', { name: 'x' }, { dryRun: true })).toMatchObject({ outcome: 'created' })
    expect(await holderOf(ctx().store, 'customer', 'externalIds', 'erp:dry')).toBeUndefined()
  })

  it('null parts of an address are taken by creation as they are by change', async () => {
    const input = { name: 'x', address: { city: '北京', street: null } }
    const created = await put('address', input)
    const again = await put('address', input)
    expect([created.record['address'], again.outcome]).toEqual([{ city: '北京' }, 'unchanged'])
  })
})

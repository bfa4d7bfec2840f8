import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { removeRecord } from '#lib/records/operations/remove-record.ts'
import { restoreRecord } from '#lib/records/operations/restore-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { systemClock } from '#lib/runtime/clock.ts'
import type { Context } from '#lib/runtime/context.ts'
import { searchRecords } from '#lib/search/search-records.ts'
import { updateSearchIndex } from '#lib/search/update-index.ts'
import { readIndexed } from '#lib/store/search-notes.ts'
import { createStore } from '#lib/store/table.ts'
import type { JsonObject } from '#schemas/json.ts'
import { standardObjects } from '#schemas/registry.ts'
import {
  actorWithRole,
  type Cast,
  contextOf,
  countItems,
  objectNamed,
  seedCast,
  startTables,
  type Tables,
  toldBy,
} from '../../../support/table.ts'

const customer = objectNamed('customer')
const contact = objectNamed('contact')

let tables: Tables
let cast: Cast
let ids: Record<string, string>
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
  const make = async (objectName: string, input: JsonObject, owner = cast.rep) =>
    (
      await createRecord(contextOf(tables, cast.admin), {
        object: objectNamed(objectName),
        input: { ownerId: owner.id, ...input },
      })
    ).id
  ids = {
    huaxing: await make('customer', {
      name: '华星贸易有限公司',
      phones: [{ value: '13912077502' }, { value: '010-62345678' }],
      emails: [{ value: 'Li.Na@huaxing.cn' }],
    }),
    huaxin: await make('customer', { name: '北京华星科技股份有限公司' }),
    evergreen: await make('customer', { name: 'Evergreen Trading Ltd.', emails: [{ value: "o'brien@evergreen.com" }] }),
    secret: await make('customer', { name: '华星机密公司' }, cast.outsider),
    lina: await make('contact', { name: '李娜', companyName: '华星贸易', phones: [{ value: '+852 9123 4567' }] }),
  }
  await index(Object.values(ids))
})
afterAll(() => tables.stop())

const index = (which: readonly string[]) =>
  updateSearchIndex(
    {
      store: createStore(tables.records),
      searchStore: createStore(tables.search),
      objects: standardObjects,
      clock: systemClock,
    },
    which,
  )
const asAdmin = () => contextOf(tables, cast.admin)
const search = (q: string, ctx: Context = asAdmin(), more: { objects?: string[]; limit?: number } = {}) =>
  searchRecords(ctx, createStore(tables.search), { q, limit: 20, ...more })
const found = async (q: string, ctx?: Context, more?: { objects?: string[]; limit?: number }) => {
  const names = new Map(Object.entries(ids).map(([name, id]) => [id, name]))
  return (await search(q, ctx, more)).items.map(item => names.get(item.id))
}

describe('searchRecords', () => {
  it.each([
    ['a whole name, its ending left aside', '华星贸易有限公司', ['huaxing', 'lina']],
    ['a part of a name', '华星科技', ['huaxin']],
    ['one character in the middle', '科', ['huaxin']],
    ['a single character', '贸', ['huaxing', 'lina']],
    ['the one character of a given name', '娜', ['lina']],
    ['one Latin letter', 'e', ['evergreen']],
    ['traditional characters', '華星貿易', ['huaxing', 'lina']],
    ['pinyin', 'huaxing', ['huaxin', 'huaxing', 'lina', 'secret']],
    ['pinyin in syllables', 'hua xing mao', ['huaxing', 'lina']],
    ['initials', 'hxmy', ['huaxing', 'lina']],
    ["a person's name in pinyin", 'lina', ['huaxing', 'lina']],
    ['place and brand', '北京市华星', ['huaxin']],
    ['the beginning of a Latin word', 'ever', ['evergreen']],
    ['a second word, in capitals', 'TRAD', ['evergreen']],
    ['two words in any order', 'trading evergreen', ['evergreen']],
    ['full-width letters', 'ｅｖｅｒｇｒｅｅｎ', ['evergreen']],
    ['an e-mail', 'li.na@huaxing.cn', ['huaxing']],
    ['an e-mail with an apostrophe', "o'brien@evergreen.com", ['evergreen']],
    ['the beginning of an e-mail', 'li.na@h', ['huaxing']],
    ['the domain of an e-mail', 'huaxing.cn', ['huaxing']],
    ['a phone number', '13912077502', ['huaxing']],
    ['a phone number as people write it', '139-1207 7502', ['huaxing']],
    ['an international number', '+86 139 1207 7502', ['huaxing']],
    ['a landline with its zero', '010-62345678', ['huaxing']],
    ['a Hong Kong number', '+852 91234567', ['lina']],
    ['the beginning of a number', '139120', ['huaxing']],
    ['the last four digits', '7502', ['huaxing']],
    ['words that no record has together', 'evergreen 华星', []],
    ['an unknown name', '不存在的公司', []],
    ['a word in no name', 'zzzz', []],
  ])('finds by %s', async (_what, q, names) => {
    expect((await found(q)).toSorted()).toEqual(names.toSorted())
  })

  it('a better hit comes first, and says where it matched', async () => {
    const { items } = await search('华星')
    expect(items.map(item => [item.title, item.matched, item.score])).toEqual([
      // As good as each other: the one changed last comes first.
      ['华星机密公司', ['name'], 80],
      ['华星贸易有限公司', ['name'], 80],
      ['李娜', ['companyName'], 70],
      ['北京华星科技股份有限公司', ['name'], 60],
    ])
  })

  it('looks only in the objects asked for, each once', async () => {
    expect(await found('华星贸易', asAdmin(), { objects: ['contacts', 'contacts'] })).toEqual(['lina'])
  })

  it('gives no more hits than asked for', async () => {
    expect(await found('华星', asAdmin(), { limit: 2 })).toHaveLength(2)
  })

  it.each([
    ['nothing', '', undefined, '?q required'],
    ['punctuation alone', '--- ()', undefined, '?q required'],
    ['an unknown object', '华星', ['orders'], '?objects unknown_object'],
    ['a system object', 'admin', ['users'], '?objects unknown_object'],
    ['a name of the prototype', 'x', ['constructor'], '?objects unknown_object'],
  ])('refuses %s', async (_what, q, objects, told) => {
    const more = Object.fromEntries([['objects', objects]].filter(([, value]) => value !== undefined))
    expect(await toldBy(search(q, asAdmin(), more))).toEqual(['validation_failed', told])
  })

  it('a query of 200 characters takes a bounded number of reads', async () => {
    const searchStore = createStore(tables.search)
    await searchRecords(asAdmin(), searchStore, { q: '一二三四五六七八九十'.repeat(20), limit: 20 })
    expect(searchStore.meter.calls).toBeLessThanOrEqual(36)
  })
})

describe('what the actor may see', () => {
  it('limits the hits', async () => {
    expect((await found('华星', contextOf(tables, cast.rep))).toSorted()).toEqual(['huaxin', 'huaxing', 'lina'])
    expect(await found('华星', contextOf(tables, cast.outsider))).toEqual(['secret'])
  })

  it('an object that the role does not reach has no hits', async () => {
    const actor = await actorWithRole(tables, {
      permissions: [{ object: 'contact', create: 'all', read: 'all', update: 'all', delete: 'all' }],
    })
    expect(await found('华星', contextOf(tables, actor))).toEqual(['lina'])
  })

  it('a masked phone does not find its record, and a masked title is not told', async () => {
    expect(await found('13912077502', contextOf(tables, cast.auditor))).toEqual([])
    const actor = await actorWithRole(tables, {
      permissions: [{ object: 'contact', create: 'all', read: 'all', update: 'all', delete: 'all' }],
      fieldAccess: [{ object: 'contact', field: 'name', access: 'masked' }],
    })
    const { items } = await search('华星贸易', contextOf(tables, actor))
    expect(items.map(item => item.title)).toEqual(['李***'])
  })
})

describe('updateSearchIndex', () => {
  it('follows a change, a deletion and a return', async () => {
    const { id } = await createRecord(asAdmin(), { object: customer, input: { name: 'Quixotic' } })
    const isFound = async (q: string) => (await search(q)).items.some(item => item.id === id)
    await index([id])
    expect(await isFound('quixotic')).toBe(true)
    await updateRecord(asAdmin(), { object: customer, id, patch: { name: 'Zephyr' } })
    await index([id])
    expect([await isFound('quixotic'), await isFound('zephyr')]).toEqual([false, true])
    await removeRecord(asAdmin(), { object: customer, id })
    await index([id])
    expect(await isFound('zephyr')).toBe(false)
    await restoreRecord(asAdmin(), { object: customer, id })
    await index([id])
    expect(await isFound('zephyr')).toBe(true)
  })

  it('shows a record as it is now even while the index lags', async () => {
    const { id } = await createRecord(asAdmin(), { object: customer, input: { name: 'Laggard' } })
    await index([id])
    await updateRecord(asAdmin(), { object: customer, id, patch: { name: 'Renamed' } })
    expect((await search('laggard')).items).toEqual([])
    await removeRecord(asAdmin(), { object: customer, id })
    expect((await search('renamed')).items).toEqual([])
  })

  it('repeated and doubled events change nothing', async () => {
    const before = await countItems(tables, '', 'Search')
    const all = Object.values(ids)
    await index([...all, ...all])
    await index(all.toReversed())
    expect(await countItems(tables, '', 'Search')).toBe(before)
  })

  it('leaves only its note behind when a record is deleted', async () => {
    const before = await countItems(tables, '', 'Search')
    const { id } = await createRecord(asAdmin(), { object: contact, input: { name: 'Ephemeral Person' } })
    await index([id])
    await removeRecord(asAdmin(), { object: contact, id })
    await index([id])
    expect(await countItems(tables, '', 'Search')).toBe(before + 1)
    expect((await readIndexed(createStore(tables.search), [id])).get(id)).toMatchObject({ revision: 2, tokens: [] })
  })

  it('users, roles and ids of nothing are passed over', async () => {
    const before = await countItems(tables, '', 'Search')
    expect(await index([cast.rep.id, cast.rep.roleId, 'cust_01h455vb4pex5vsknk084sn02q'])).toEqual([])
    expect(await countItems(tables, '', 'Search')).toBe(before)
  })

  it('100 records at once', async () => {
    const made = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        createRecord(asAdmin(), { object: customer, input: { name: `Bulk number${i}` } }),
      ),
    )
    expect(await index(made.map(({ id }) => id))).toEqual([])
    expect((await search('number77')).items.map(item => item.title)).toEqual(['Bulk number77'])
  })

  it('an older event that arrives late does not undo a newer one', async () => {
    const { id } = await createRecord(asAdmin(), { object: customer, input: { name: 'Oldname' } })
    await updateRecord(asAdmin(), { object: customer, id, patch: { name: 'Newname' } })
    await Promise.all([index([id]), index([id]), index([id])])
    expect((await search('newname')).items.map(item => item.id)).toEqual([id])
    expect((await search('oldname')).items).toEqual([])
  })
})

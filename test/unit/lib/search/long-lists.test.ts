import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { systemClock } from '#lib/runtime/clock.ts'
import { typeIds } from '#lib/runtime/ids.ts'
import { searchRecords } from '#lib/search/search-records.ts'
import { updateSearchIndex } from '#lib/search/update-index.ts'
import { writeTokens } from '#lib/store/search-table.ts'
import { createStore } from '#lib/store/table.ts'
import { standardObjects } from '#schemas/registry.ts'
import { type Cast, contextOf, objectNamed, seedCast, startTables, type Tables } from '../../../support/table.ts'

// Terms that lead to more records than are looked at, for people who may see few of them. Ids of no record stand for
// records that the actor may not see: both are candidates, and neither is a hit.

const customer = objectNamed('customer')

let tables: Tables
let cast: Cast
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
})
afterAll(() => tables.stop())

const searchStore = () => createStore(tables.search)
const index = (ids: readonly string[]) =>
  updateSearchIndex(
    { store: createStore(tables.records), searchStore: searchStore(), objects: standardObjects, clock: systemClock },
    ids,
  )
const search = (q: string, limit = 20) =>
  searchRecords(contextOf(tables, cast.rep), searchStore(), { q, limit, objects: ['customers'] })

/** Tokens of so many records that nobody sees. */
async function crowd(tokens: readonly string[], count: number): Promise<void> {
  const ids = Array.from({ length: count }, () => typeIds.next('cust'))
  await writeTokens(
    searchStore(),
    ids.map(id => ({ object: 'customer', id, add: tokens, drop: [] })),
  )
}

async function mine(...names: string[]): Promise<string[]> {
  const made = names.map(name =>
    createRecord(contextOf(tables, cast.admin), { object: customer, input: { name, ownerId: cast.rep.id } }),
  )
  const ids = (await Promise.all(made)).map(({ id }) => id)
  await index(ids)
  return ids
}

describe('a term that leads to many records', () => {
  it('finds the one that the actor may see behind 1,200 others', async () => {
    await crowd(['中天'], 1_200)
    const [id] = await mine('中天有限公司')
    const { items, isPartial } = await search('中天')
    expect([items.map(item => item.id), isPartial]).toEqual([[id], false])
  })

  it('stops at 2,000 candidates and says so', async () => {
    await crowd(['大海'], 2_600)
    const [id] = await mine('大海有限公司')
    const { items, isPartial } = await search('大海')
    expect([items, isPartial]).toEqual([[], true])
    expect((await search('大海有限公司')).isPartial).toBe(true)
    expect((await search('大海 有限')).items.map(item => item.id)).toEqual([])
    const [rare] = await mine('大海珍珠有限公司')
    expect((await search('大海珍珠')).items.map(item => item.id)).toEqual([rare])
    expect(id).not.toBe(rare)
  })

  it('stops with the page that has enough hits and says that there are more', async () => {
    const ids = await mine('远方甲', '远方乙', '远方丙')
    await crowd(['远方石'], 900)
    const few = await search('远方', 2)
    expect([few.items.length, few.isPartial]).toEqual([2, true])
    const all = await search('远方', 20)
    expect([all.items.map(item => item.id).toSorted(), all.isPartial]).toEqual([ids.toSorted(), false])
  })

  it('together with a rarer one, finds what both lead to', async () => {
    await crowd(['common'], 700)
    const [both] = await mine('Common Rarity', 'Rarity')
    expect((await search('rarity common')).items.map(item => item.id)).toEqual([both])
  })

  it('together with another such, is read on too', async () => {
    await crowd(['crowded', 'squarely'], 700)
    const [id] = await mine('Squarely Crowded')
    const { items, isPartial } = await search('crowded squarely')
    expect([items.map(item => item.id), isPartial]).toEqual([[id], false])
  })

  it('costs at most 34 reads of the table', async () => {
    await crowd(['endless'], 2_600)
    const ctx = contextOf(tables, cast.rep)
    const store = searchStore()
    await searchRecords(ctx, store, { q: 'endless', limit: 20, objects: ['customers'] })
    // 4 pages of 500 candidates and the state of the index; 20 times 100 records.
    expect([store.meter.calls, ctx.store.meter.calls]).toEqual([5, 20])
  })
})

describe('how far the index is', () => {
  it('is told by the newest change in it, and how long that took', async () => {
    const [id = ''] = await mine('时间有限公司')
    const { items, indexedThrough, lagMs, needsReindex } = await search('时间')
    expect(indexedThrough).toBe(items[0]?.record['updatedAt'])
    expect(lagMs).toBeGreaterThanOrEqual(0)
    expect(needsReindex).toBe(false)
    const later = '2099-01-01T00:00:00.000Z'
    await tables.call('UpdateItem', {
      TableName: 'Records',
      Key: { pk: { S: `R#${id}` }, sk: { S: 'A' } },
      UpdateExpression: 'SET updatedAt = :later',
      ExpressionAttributeValues: { ':later': { S: later } },
    })
    await index([id])
    expect(await search('时间')).toMatchObject({ indexedThrough: later, lagMs: 0 })
    await mine('更早有限公司')
    expect((await search('时间')).indexedThrough).toBe(later)
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { removeRecord } from '#lib/records/operations/remove-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { systemClock } from '#lib/runtime/clock.ts'
import { typeIds } from '#lib/runtime/ids.ts'
import { indexRecords } from '#lib/search/index-records.ts'
import { rebuildSearchIndex } from '#lib/search/rebuild-index.ts'
import { searchRecords } from '#lib/search/search-records.ts'
import { searchTexts } from '#lib/search/search-texts.ts'
import { tokenScheme, tokensOf } from '#lib/search/tokens.ts'
import { updateSearchIndex } from '#lib/search/update-index.ts'
import { recordKey } from '#lib/store/keys.ts'
import { readRecords } from '#lib/store/read.ts'
import { readIndexed, readIndexStatus, scanSearchKeys } from '#lib/store/search-notes.ts'
import { parseTokenKey, writeTokens } from '#lib/store/search-table.ts'
import { createStore } from '#lib/store/table.ts'
import { standardObjects } from '#schemas/registry.ts'
import { objectNamed, startTables, systemContext, type Tables, testTenant } from '../../../support/table.ts'

const customer = objectNamed('customer')

let tables: Tables
beforeAll(async () => {
  tables = await startTables()
})
afterAll(() => tables.stop())

const ctx = () => systemContext(tables)
const indexTables = () => ({
  store: createStore(tables.records),
  searchStore: createStore(tables.search),
  objects: standardObjects,
  clock: systemClock,
})
const rebuild = () => rebuildSearchIndex(indexTables(), { listShards: testTenant.listShards, report: () => {} })
const search = (q: string) => searchRecords(ctx(), createStore(tables.search), { q, limit: 20 })
const found = async (q: string) => (await search(q)).items.map(({ id }) => id)
const make = async (name: string) => (await createRecord(ctx(), { object: customer, input: { name } })).id

/** The tokens that stand in the table, by record. */
async function storedTokens(): Promise<Map<string, string[]>> {
  const tokens = new Map<string, string[]>()
  for (let after: Record<string, unknown> | undefined, isLast = false; !isLast; ) {
    const page = await scanSearchKeys(createStore(tables.search), after)
    for (const { id, token } of page.keys.flatMap(key => parseTokenKey(key) ?? []))
      tokens.set(id, [...(tokens.get(id) ?? []), token].toSorted())
    after = page.next
    isLast = after === undefined
  }
  return tokens
}

/** The tokens that should stand there, made from the records anew. */
async function rightTokens(ids: readonly string[]): Promise<Map<string, string[]>> {
  const records = [...(await readRecords(createStore(tables.records), ids)).values()]
  const live = records.filter(record => record.deletedAt === undefined)
  const pairs = live.map(
    async record => [record.id, (await tokensOf(searchTexts(customer, record))).toSorted()] as const,
  )
  return new Map(await Promise.all(pairs))
}

const key = (pk: string, sk: string) => ({ pk: { S: pk }, sk: { S: sk } })
const put = (pk: string, sk: string, more: object = {}) =>
  tables.call('PutItem', { TableName: 'Search', Item: { ...key(pk, sk), ...more } })

describe('rebuildSearchIndex', () => {
  it('indexes what no event has told of', async () => {
    const id = await make('从未索引')
    expect(await found('从未索引')).toEqual([])
    await rebuild()
    expect(await found('从未索引')).toEqual([id])
  })

  it('writes tokens again that were lost, though they are noted', async () => {
    const id = await make('丢失令牌')
    await updateSearchIndex(indexTables(), [id])
    await tables.call('DeleteItem', { TableName: 'Search', Key: key('S#customer#丢', `丢失令牌#${id}`) })
    expect(await found('丢失')).toEqual([])
    await rebuild()
    expect(await found('丢失')).toEqual([id])
  })

  it('removes tokens that nothing is noted of, those of records that are gone, and their notes', async () => {
    const [kept, gone] = [await make('Keeper'), await make('Vanished')]
    await updateSearchIndex(indexTables(), [kept, gone])
    await writeTokens(createStore(tables.search), [{ object: 'customer', id: kept, add: ['stray'], drop: [] }])
    await writeTokens(createStore(tables.search), [
      { object: 'customer', id: typeIds.next('cust'), add: ['nobody'], drop: [] },
    ])
    const { pk, sk } = recordKey(gone)
    await tables.call('DeleteItem', { TableName: 'Records', Key: key(pk, sk) })
    const { removed } = await rebuild()
    expect(removed).toBeGreaterThanOrEqual(3)
    const tokens = await storedTokens()
    expect(tokens.get(kept)).toEqual(['keeper'])
    expect([...tokens.values()].flat().filter(token => ['stray', 'nobody', 'vanished'].includes(token))).toEqual([])
    expect((await readIndexed(createStore(tables.search), [gone])).size).toBe(0)
  })

  it('finds nothing to remove the second time', async () => {
    await rebuild()
    const before = await storedTokens()
    expect((await rebuild()).removed).toBe(0)
    expect(await storedTokens()).toEqual(before)
  })

  it('replaces what the first release left: its tokens, in their places, and its notes', async () => {
    const id = await make('华星旧版')
    await put('S#customer#华', `华星#${id}`, { id: { S: id } })
    await put('S#customer#13', `13912077502#${id}`, { id: { S: id } })
    await put(`R#${id}`, 'A', {
      id: { S: id },
      version: { N: '1' },
      tokens: { L: [{ S: '华星' }, { S: '13912077502' }] },
    })
    await updateRecord(ctx(), { object: customer, id, patch: { name: '华星新版' } })
    await updateSearchIndex(indexTables(), [id])
    expect((await search('华星')).needsReindex).toBe(true)
    await rebuild()
    expect((await search('华星')).needsReindex).toBe(false)
    expect((await storedTokens()).get(id)).toEqual((await rightTokens([id])).get(id))
    expect((await readIndexStatus(createStore(tables.search))).scheme).toBe(tokenScheme)
  })

  it('while records are written and their events handled, ends with exactly the right tokens', async () => {
    const ids = await Promise.all(Array.from({ length: 30 }, (_, i) => make(`Busy number ${i}`)))
    await updateSearchIndex(indexTables(), ids)
    const writers = ids.map(async (id, i) => {
      for (let round = 0; round < 4; round++) {
        const write =
          i % 7 === 0 && round === 3
            ? removeRecord(ctx(), { object: customer, id })
            : updateRecord(ctx(), { object: customer, id, patch: { name: `Round ${round} 第${round}轮 ${i}` } })
        await write
        await updateSearchIndex(indexTables(), [id])
      }
    })
    await Promise.all([rebuild(), ...writers])
    const stored = await storedTokens()
    expect(new Map(ids.flatMap(id => (stored.has(id) ? [[id, stored.get(id)]] : [])))).toEqual(await rightTokens(ids))
  })
})

describe('updates of one record that cross', () => {
  it('leave exactly the tokens of the record as it is', async () => {
    const id = await make('Start')
    for (let round = 0; round < 8; round++) {
      const names = [`Alpha ${round}`, `Beta ${round}`, `Alpha ${round}`]
      for (const name of names) await updateRecord(ctx(), { object: customer, id, patch: { name } })
      const writes = names.map(name => updateRecord(ctx(), { object: customer, id, patch: { name: `${name} x` } }))
      const events = Array.from({ length: 6 }, () => indexRecords(indexTables(), [id]))
      await Promise.all([...writes, ...events])
      // As the queue does with what it is told to bring again.
      for (let left = [id]; left.length > 0; ) left = (await indexRecords(indexTables(), left)).left
      expect((await storedTokens()).get(id)).toEqual((await rightTokens([id])).get(id))
    }
  })

  it('a change back, told of while the change is being indexed, leaves no other tokens', async () => {
    const id = await make('Before')
    await indexRecords(indexTables(), [id])
    await updateRecord(ctx(), { object: customer, id, patch: { name: 'After' } })
    const slow = indexRecords(indexTables(), [id])
    await updateRecord(ctx(), { object: customer, id, patch: { name: 'Before' } })
    await indexRecords(indexTables(), [id])
    await slow
    expect((await storedTokens()).get(id)).toEqual(['before'])
  })

  it('an update that changes no text writes nothing', async () => {
    const id = await make('Steady')
    await updateSearchIndex(indexTables(), [id])
    await updateRecord(ctx(), { object: customer, id, patch: { tier: 'A' } })
    const each = indexTables()
    await indexRecords(each, [id])
    expect([each.searchStore.meter.calls, each.searchStore.meter.writeUnits]).toEqual([1, 0])
  })
})

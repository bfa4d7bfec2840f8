import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { findRecords } from '#lib/records/operations/find-records.ts'
import { getRecord } from '#lib/records/operations/get-record.ts'
import { readHistory } from '#lib/records/operations/read-history.ts'
import { runBatch } from '#lib/records/operations/run-batch.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { createStore, openTable, type Table } from '#lib/store/table.ts'
import { type Cast, contextOf, countItems, objectNamed, seedCast, startTables, type Tables } from '../support/table.ts'
import { type HttpFault, startFaultyProxy } from './faulty-proxy.ts'

const customer = objectNamed('customer')

/** Long for the engine, short for who waits. */
const silenceMs = 400

let tables: Tables
let cast: Cast
let proxy: Awaited<ReturnType<typeof startFaultyProxy>>
let table: Table
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
  proxy = await startFaultyProxy(tables.url)
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = proxy.url
  table = openTable('Records', { connectionTimeout: 1_000, socketTimeout: silenceMs })
})
afterAll(async () => {
  table.client.destroy()
  await proxy.stop()
  await tables.stop()
})
beforeEach(() => {
  proxy.seen.length = 0
})

/** The way over the network, with the SDK's own retries. */
const ctx = () => ({ ...contextOf(tables, cast.admin), store: createStore(table) })
const make = async () =>
  (await createRecord(contextOf(tables, cast.admin), { object: customer, input: { name: 'x' } })).id
const changesOf = async (id: string) =>
  (await readHistory(contextOf(tables, cast.admin), { object: customer, id, limit: 50 })).items.length

const everyFault: HttpFault[] = [
  ...(['internal error', 'throttled', 'cut before', 'cut after'] as const),
  ...(['silent before', 'silent after'] as const),
]

describe.each(everyFault)('%s, once', fault => {
  it('a create is one record', async () => {
    const before = await countItems(tables, 'R#')
    proxy.next(fault)
    const { outcome, replayed } = await createRecord(ctx(), { object: customer, input: { name: `after ${fault}` } })
    expect([outcome, replayed]).toEqual(['created', false])
    expect(proxy.seen).toEqual(['TransactWriteItems', 'TransactWriteItems'])
    expect(await countItems(tables, 'R#')).toBe(before + 2)
  })

  it('an update is one change', async () => {
    const id = await make()
    const context = ctx()
    await getRecord(context, { object: customer, id })
    const write = updateRecord(context, { object: customer, id, patch: { name: 'y' }, ifVersions: [1] })
    proxy.next(fault)
    expect(await write).toMatchObject({ version: 2, outcome: 'updated' })
    expect(await changesOf(id)).toBe(2)
  })

  it('an atomic batch is written once', async () => {
    const before = await countItems(tables, 'R#')
    proxy.next(fault)
    const operations = ['a', 'b', 'c'].map(name => ({ op: 'create' as const, record: { name } }))
    const results = await runBatch(ctx(), { object: customer, atomic: true, operations })
    expect(results).toHaveLength(3)
    expect(await countItems(tables, 'R#')).toBe(before + 6)
  })

  it('a read and a list give their answer', async () => {
    const id = await make()
    proxy.next(fault)
    expect((await getRecord(ctx(), { object: customer, id })).record['name']).toBe('x')
    proxy.next(fault, fault)
    expect((await findRecords(ctx(), { object: customer, query: { limit: 1 } })).items).toHaveLength(1)
  })
})

describe('faults that do not end', () => {
  it('a cut connection at every try is unavailable', async () => {
    proxy.next('cut before', 'cut before', 'cut before', 'cut before', 'cut before')
    const write = createRecord(ctx(), { object: customer, input: { name: 'x' } })
    await expect(write).rejects.toMatchObject({ code: 'unavailable' })
    expect(proxy.seen).toHaveLength(5)
  })

  it('with a key, a write whose five answers are lost is found to be done', async () => {
    proxy.next('cut after', 'cut after', 'cut after', 'cut after', 'cut after')
    const context = { ...ctx(), idempotency: { key: 'five lost', requestHash: 'h' } }
    const { id, replayed } = await createRecord(context, { object: customer, input: { name: 'x' } })
    expect([replayed, await changesOf(id)]).toEqual([true, 1])
  })
})

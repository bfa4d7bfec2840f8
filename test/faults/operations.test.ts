import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CrmError } from '#lib/errors.ts'
import { createActorCache } from '#lib/permissions/load-actor.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { findRecords } from '#lib/records/operations/find-records.ts'
import { getRecord } from '#lib/records/operations/get-record.ts'
import { readHistory } from '#lib/records/operations/read-history.ts'
import { readTimeline } from '#lib/records/operations/read-timeline.ts'
import { removeRecord } from '#lib/records/operations/remove-record.ts'
import { type BatchResult, runBatch } from '#lib/records/operations/run-batch.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { upsertRecord } from '#lib/records/operations/upsert-record.ts'
import type { Context } from '#lib/runtime/context.ts'
import { createStore } from '#lib/store/table.ts'
import {
  type Cast,
  contextOf,
  countItems,
  handClock,
  objectNamed,
  seedCast,
  startTables,
  type Tables,
} from '../support/table.ts'
import { canceled, type Fault, fails, injectFaults, lost, outages, times } from './faults.ts'

const customer = objectNamed('customer')

let tables: Tables
let cast: Cast
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
})
afterAll(() => tables.stop())

let faults: ReturnType<typeof injectFaults>
beforeEach(() => {
  faults = injectFaults(tables.records)
  vi.spyOn(Math, 'random').mockReturnValue(0)
})
afterEach(() => {
  faults.stop()
  vi.restoreAllMocks()
})

const ctx = (more: Partial<Context> = {}) => contextOf(tables, cast.admin, more)
const keyed = (key: string) => ctx({ idempotency: { key, requestHash: 'h' } })
const make = async () => (await createRecord(ctx(), { object: customer, input: { name: 'x' } })).id
const throttled = outages['throttling'] ?? canceled
const changesOf = async (id: string) =>
  (await readHistory(ctx(), { object: customer, id, limit: 50 })).items.map(item => item['version'])
const codeOf = (work: Promise<unknown>) => work.then(() => 'done').catch((error: CrmError) => error.code)

/** Our own write landed; a later try of it is refused by what it wrote itself. */
const refusedByItself: Fault = async (send, input) => {
  await send()
  const items = (input['TransactItems'] as unknown[]).map(() => 'ConditionalCheckFailed')
  throw canceled(...items)
}

describe('a write whose answer is lost and whose retry is refused by its own success', () => {
  it.each<[string, (id: string) => Promise<{ id: string; version: number; replayed: boolean }>, number[]]>([
    ['create', () => createRecord(ctx(), { object: customer, input: { name: 'new', taxId: 'SELF-1' } }), [1]],
    ['update', id => updateRecord(ctx(), { object: customer, id, patch: { name: 'y' } }), [2, 1]],
    [
      'conditional update',
      id => updateRecord(ctx(), { object: customer, id, patch: { name: 'y' }, ifVersions: [1] }),
      [2, 1],
    ],
    [
      'update with a key',
      id => updateRecord(keyed('self update'), { object: customer, id, patch: { name: 'y' } }),
      [2, 1],
    ],
    ['create with a key', () => createRecord(keyed('self create'), { object: customer, input: { name: 'new' } }), [1]],
    ['delete', id => removeRecord(ctx(), { object: customer, id }), [2, 1]],
    [
      'upsert',
      () => upsertRecord(ctx(), { object: customer, system: 'erp', externalId: 'self', input: { name: 'u' } }),
      [1],
    ],
  ])('counts as done, and is one change: %s', async (_what, write, versions) => {
    const id = await make()
    faults.on('TransactWrite', refusedByItself)
    const written = await write(id)
    expect(written.replayed).toBe(false)
    expect(await changesOf(written.id)).toEqual(versions)
  })

  it('an atomic batch too', async () => {
    const id = await make()
    faults.on('TransactWrite', refusedByItself)
    const results = await runBatch(ctx(), {
      object: customer,
      atomic: true,
      operations: [
        { op: 'create', record: { name: 'a' } },
        { op: 'update', id, patch: { name: 'y' } },
      ],
    })
    expect(results.map(each => 'written' in each && each.written.outcome)).toEqual(['created', 'updated'])
    expect(await changesOf(id)).toEqual([2, 1])
  })

  it('another writer’s success is not taken for our own', async () => {
    const id = await make()
    const overtaken: Fault = async send => {
      faults.stop()
      await updateRecord(ctx(), { object: customer, id, patch: { name: 'theirs' } })
      return send()
    }
    faults.on('TransactWrite', overtaken)
    const ours = updateRecord(ctx(), { object: customer, id, patch: { name: 'ours' }, ifVersions: [1] })
    const refused = await ours.catch((error: CrmError) => [error.code, error.members])
    expect(refused).toEqual(['version_conflict', { currentVersion: 2 }])
    expect((await getRecord(ctx(), { object: customer, id })).record['name']).toBe('theirs')
  })

  it('without a condition, the overtaken write is made again on top of the other', async () => {
    const id = await make()
    const overtaken: Fault = async send => {
      faults.stop()
      await updateRecord(ctx(), { object: customer, id, patch: { tier: 'A' } })
      return send()
    }
    faults.on('TransactWrite', overtaken)
    const { record, version } = await updateRecord(ctx(), { object: customer, id, patch: { name: 'ours' } })
    expect([version, record['name'], record['tier']]).toEqual([3, 'ours', 'A'])
  })
})

describe('a write whose every answer is lost', () => {
  it('with a key: the engine looks up what it did, and answers so', async () => {
    faults.on('TransactWrite', lost())
    const written = await createRecord(keyed('lost create'), { object: customer, input: { name: 'found again' } })
    expect(written).toMatchObject({ outcome: 'created', replayed: true, record: { name: 'found again' } })
    expect(await changesOf(written.id)).toEqual([1])
  })

  it('with a key, and the look-up lost too: unavailable; the client’s retry finds it done', async () => {
    const before = await countItems(tables, 'R#')
    faults.on('TransactWrite', lost())
    faults.on('Get', fails(throttled))
    const send = () => createRecord(keyed('lost twice'), { object: customer, input: { name: 'x' } })
    expect(await codeOf(send())).toBe('unavailable')
    const again = await send()
    expect(again.replayed).toBe(true)
    // The record and its change: once.
    expect(await countItems(tables, 'R#')).toBe(before + 2)
  })

  it('without a key: unavailable, and the change is there once', async () => {
    const id = await make()
    faults.on('TransactWrite', lost())
    expect(await codeOf(updateRecord(ctx(), { object: customer, id, patch: { name: 'y' } }))).toBe('unavailable')
    expect(await changesOf(id)).toEqual([2, 1])
  })
})

describe.each(Object.entries(outages))('%s', (_what, error) => {
  it('of the write: unavailable, and nothing is written', async () => {
    const before = await countItems(tables)
    faults.on('TransactWrite', fails(error))
    expect(await codeOf(createRecord(ctx(), { object: customer, input: { name: 'x', taxId: 'NONE-1' } }))).toBe(
      'unavailable',
    )
    expect(await countItems(tables)).toBe(before)
  })

  it('of a read: unavailable for every operation that needs it', async () => {
    const id = await make()
    const asRep = contextOf(tables, cast.rep)
    const broken = (operation: 'Get' | 'Query' | 'BatchGet', work: () => Promise<unknown>) => {
      faults.on(operation, fails(error))
      return codeOf(work())
    }
    const ends = [
      await broken('Get', () => getRecord(ctx(), { object: customer, id })),
      await broken('Get', () => updateRecord(ctx(), { object: customer, id, patch: { name: 'y' } })),
      await broken('Get', () => removeRecord(ctx(), { object: customer, id })),
      await broken('Query', () => findRecords(asRep, { object: customer, query: { limit: 5 } })),
      await broken('Query', () => readHistory(ctx(), { object: customer, id, limit: 5 })),
      await broken('Query', () => readTimeline(ctx(), { object: customer, id, limit: 5 })),
      await broken('Get', () =>
        createRecord(ctx(), { object: objectNamed('contact'), input: { name: 'x', customerId: id } }),
      ),
      await broken('BatchGet', () =>
        createRecord(ctx(), {
          object: objectNamed('contact'),
          input: { name: 'x', customerId: id, ownerId: cast.rep.id },
        }),
      ),
    ]
    expect(new Set(ends)).toEqual(new Set(['unavailable']))
    expect(await changesOf(id)).toEqual([1])
  })

  it('of one operation of a batch: that one is unavailable, the others are done and told', async () => {
    faults.on('TransactWrite', fails(error))
    const operations = ['a', 'b', 'c'].map(name => ({ op: 'create' as const, record: { name } }))
    const results: BatchResult[] = await runBatch(ctx(), { object: customer, atomic: false, operations })
    const ends = results.map(each => ('error' in each ? each.error.code : 'done'))
    expect(ends.toSorted()).toEqual(['done', 'done', 'unavailable'])
  })

  it('of reading the actor: unavailable, not a stranger, and not remembered', async () => {
    const cache = createActorCache({ ttlMs: 10_000, clock: handClock() })
    const find = () => cache.find(createStore(tables.records), { userId: cast.rep.id })
    faults.on('Get', fails(error))
    expect(await codeOf(find())).toBe('unavailable')
    expect((await find())?.id).toBe(cast.rep.id)
  })
})

describe('conflicts', () => {
  it('with other transactions are waited for: the write is done once', async () => {
    const id = await make()
    faults.on(
      'TransactWrite',
      ...times(
        4,
        fails(() => canceled('TransactionConflict')),
      ),
    )
    expect(await updateRecord(ctx(), { object: customer, id, patch: { name: 'y' } })).toMatchObject({ version: 2 })
    expect(await changesOf(id)).toEqual([2, 1])
  })

  it('that do not end are unavailable, and nothing is written', async () => {
    const id = await make()
    faults.on(
      'TransactWrite',
      ...times(
        8,
        fails(() => canceled('TransactionConflict')),
      ),
    )
    expect(await codeOf(updateRecord(ctx(), { object: customer, id, patch: { name: 'y' } }))).toBe('unavailable')
    expect(await changesOf(id)).toEqual([1])
  })
})

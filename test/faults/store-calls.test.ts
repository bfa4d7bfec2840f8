import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { CrmError } from '#lib/errors.ts'
import { readStandings, writeChecked } from '#lib/store/checked.ts'
import { readChanges } from '#lib/store/history.ts'
import { purgeRecord } from '#lib/store/purge.ts'
import { readSlice } from '#lib/store/query.ts'
import { readChange, readIdempotency, readRecord, readRecords, readUniqueHolder } from '#lib/store/read.ts'
import {
  noteScheme,
  noteStrays,
  noteThrough,
  readIndexed,
  readIndexStatus,
  scanSearchKeys,
  writeNotes,
} from '#lib/store/search-notes.ts'
import { deleteSearchItems, readTokenPage, writeTokens } from '#lib/store/search-table.ts'
import { createStore, type Store } from '#lib/store/table.ts'
import { transact } from '#lib/store/transaction.ts'
import { startTables, type Tables } from '../support/table.ts'
import {
  canceled,
  conditionFailed,
  fails,
  injectFaults,
  inProgress,
  lost,
  met,
  mistakes,
  type Operation,
  outages,
  times,
} from './faults.ts'

let tables: Tables
beforeAll(async () => {
  tables = await startTables()
})
afterAll(() => tables.stop())

let faults: ReturnType<typeof injectFaults>
beforeEach(() => {
  faults = injectFaults(tables.records)
  // Jitter of nothing: retries do not wait.
  vi.spyOn(Math, 'random').mockReturnValue(0)
})
afterEach(() => {
  faults.stop()
  vi.restoreAllMocks()
})

const store = () => createStore(tables.records)
const id = 'cust_01h455vb4pex5vsknk084sn02q'
const another = 'cust_01h455vb4pex5vsknk084sn02r'
const step = (sk: string) =>
  ({
    purpose: { kind: 'record', id, operation: 0 },
    item: {
      Put: { TableName: 'Records', Item: { pk: 'T', sk, id }, ConditionExpression: 'attribute_not_exists(pk)' },
    },
  }) as const
const itemsAt = async (sk: string) =>
  (await readSlice(store(), { pk: 'T', prefix: sk }, { limit: 10, descending: false })).rows.length

/** Every place where lib/store calls DynamoDB. */
const sites: [name: string, operation: Operation, call: (store: Store) => Promise<unknown>][] = [
  ['readRecord', 'Get', each => readRecord(each, id)],
  ['readChange', 'Get', each => readChange(each, id, 1)],
  ['readUniqueHolder', 'Get', each => readUniqueHolder(each, 'customer', { field: 'taxId', value: 'x' })],
  ['readIdempotency', 'Get', each => readIdempotency(each, 'key', new Date())],
  ['readRecords', 'BatchGet', each => readRecords(each, [id, another])],
  ['readSlice', 'Query', each => readSlice(each, { pk: 'x' }, { limit: 5, descending: true })],
  ['readChanges', 'Query', each => readChanges(each, id, { limit: 5 })],
  ['transact', 'TransactWrite', each => transact(each, [step('site')], crypto.randomUUID())],
  ['readTokenPage', 'Query', each => readTokenPage(each, 'customer', { prefix: 'x', limit: 5 })],
  ['readIndexStatus', 'Query', each => readIndexStatus(each)],
  ['readIndexed', 'BatchGet', each => readIndexed(each, [id])],
  ['writeTokens', 'BatchWrite', each => writeTokens(each, [{ object: 'customer', id, add: ['x'], drop: ['y'] }])],
  ['writeChecked', 'Update', each => writeChecked(each, { id, version: 1 }, { at: '2026-01-01T00:00:00.000Z' })],
  ['readStandings', 'BatchGet', each => readStandings(each, [id])],
  ['purgeRecord', 'Query', each => purgeRecord(each, { id, version: 1 })],
  ['noteStrays', 'Update', each => noteStrays(each, { id, scheme: 2, strays: new Set(['x']) })],
  ['noteThrough', 'Put', each => noteThrough(each, { through: '2026-01-01T00:00:00.000Z', lagMs: 1 })],
  ['noteScheme', 'Put', each => noteScheme(each, 2, { onlyFirst: true })],
  ['scanSearchKeys', 'Scan', each => scanSearchKeys(each)],
  ['deleteSearchItems', 'BatchWrite', each => deleteSearchItems(each, [{ pk: 'x', sk: 'y' }])],
  ['writeNotes', 'Put', each => writeNotes(each, [{ id, replaces: undefined, revision: 1, scheme: 2, tokens: [] }])],
]
const endOf = (work: Promise<unknown>) => work.then(() => 'done').catch((error: unknown) => error)

describe.each(sites)('%s', (_name, operation, call) => {
  it.each(Object.entries(outages))('%s ends as unavailable, its cause kept', async (_what, error) => {
    faults.on(operation, fails(error))
    const end = await endOf(call(store()))
    expect(end).toBeInstanceOf(CrmError)
    expect(end).toMatchObject({ code: 'unavailable', cause: { message: 'injected' } })
  })

  it.each(Object.entries(mistakes))('%s is not made to look like an outage', async (_what, error) => {
    faults.on(operation, fails(error))
    expect(await endOf(call(store()))).toMatchObject({ name: error().name, message: 'injected' })
  })

  it('a call that failed is not metered', async () => {
    faults.on(operation, fails(Object.values(outages)[0] ?? canceled))
    const metered = store()
    await endOf(call(metered))
    expect(metered.meter).toEqual({ readUnits: 0, writeUnits: 0, calls: 0, ms: 0 })
  })
})

describe('transact', () => {
  it.each([
    ['another transaction on the same item', () => canceled('TransactionConflict')],
    ['throttling of one item', () => canceled('None', 'ThrottlingError')],
    ['too little capacity for one item', () => canceled('ProvisionedThroughputExceeded')],
    ['its own first try still running', inProgress],
  ])('%s is waited for, and written once', async (what, error) => {
    faults.on('TransactWrite', ...times(3, fails(error)))
    expect(await transact(store(), [step(what)], crypto.randomUUID())).toEqual([])
    expect(await itemsAt(what)).toBe(1)
    expect(faults.calls.filter(call => call === 'TransactWrite')).toHaveLength(4)
  })

  it.each([
    ['another transaction on the same item', () => canceled('TransactionConflict')],
    ['its own first try still running', inProgress],
  ])('%s for good ends as unavailable after 8 tries, with nothing written', async (what, error) => {
    faults.on('TransactWrite', ...times(20, fails(error)))
    expect(await endOf(transact(store(), [step(`never ${what}`)], crypto.randomUUID()))).toMatchObject({
      code: 'unavailable',
    })
    expect(faults.calls.filter(call => call === 'TransactWrite')).toHaveLength(8)
    expect(await itemsAt(`never ${what}`)).toBe(0)
  })

  it('every try carries the same token', async () => {
    const tokens: unknown[] = []
    const noted = (error?: Error) => async (send: () => Promise<unknown>, input: Record<string, unknown>) => {
      tokens.push(input['ClientRequestToken'])
      if (error) throw error
      return send()
    }
    faults.on('TransactWrite', noted(canceled('TransactionConflict')), noted())
    await transact(store(), [step('token')], 'the-token')
    expect(tokens).toEqual(['the-token', 'the-token'])
  })

  it('a condition that did not hold is told with what stood in the way, and not tried again', async () => {
    await transact(store(), [step('taken')], crypto.randomUUID())
    const refusals = await transact(store(), [step('free'), step('taken')], crypto.randomUUID())
    expect(refusals).toEqual([{ purpose: step('taken').purpose, existingId: undefined }])
    expect(await itemsAt('free')).toBe(0)
  })

  it('a condition that did not hold counts more than a conflict told with it', async () => {
    faults.on(
      'TransactWrite',
      fails(() => canceled('TransactionConflict', 'ConditionalCheckFailed')),
    )
    expect(await transact(store(), [step('a'), step('b')], crypto.randomUUID())).toHaveLength(1)
  })

  it('a cancellation for a reason that stays is thrown as it is', async () => {
    faults.on(
      'TransactWrite',
      fails(() => canceled('ValidationError')),
    )
    expect(await endOf(transact(store(), [step('bad')], crypto.randomUUID()))).toMatchObject({
      name: 'TransactionCanceledException',
    })
  })

  it('an answer that is lost ends as unavailable; the same token again writes nothing twice', async () => {
    faults.on('TransactWrite', lost())
    const token = crypto.randomUUID()
    expect(await endOf(transact(store(), [step('lost')], token))).toMatchObject({ code: 'unavailable' })
    expect(await transact(store(), [step('lost')], token)).toEqual([])
    expect(await itemsAt('lost')).toBe(1)
  })
})

describe('keys and items that DynamoDB leaves unprocessed', () => {
  const ids = Array.from({ length: 120 }, (_, i) => `cust_${String(i).padStart(26, '0')}`)
  const someLeft = (part: 'UnprocessedKeys' | 'UnprocessedItems', left: unknown) => async () => ({
    [part]: { Records: left },
  })

  beforeAll(async () => {
    for (const each of ids.slice(0, 3))
      await tables.call('PutItem', {
        TableName: 'Records',
        Item: { pk: { S: `R#${each}` }, sk: { S: 'A' }, id: { S: each } },
      })
  })

  it('are read again: all records come', async () => {
    const keys = ids.slice(0, 3).map(each => ({ pk: `R#${each}`, sk: 'A' }))
    faults.on(
      'BatchGet',
      someLeft('UnprocessedKeys', { Keys: keys }),
      someLeft('UnprocessedKeys', { Keys: keys.slice(1) }),
    )
    const found = await readRecords(store(), ids.slice(1, 3))
    expect([...found.keys()].toSorted()).toEqual(ids.slice(1, 3))
  })

  it('are written again: all tokens are there', async () => {
    const request = { PutRequest: { Item: { pk: 'S#customer#t', sk: `token#${id}`, id } } }
    faults.on('BatchWrite', someLeft('UnprocessedItems', [request]))
    await writeTokens(store(), [{ object: 'customer', id, add: ['token'], drop: [] }])
    expect(await readTokenPage(store(), 'customer', { prefix: 'token', limit: 5 })).toEqual({ ids: [id] })
  })

  it.each<[string, Operation, () => Promise<unknown>, ReturnType<typeof someLeft>]>([
    [
      'records',
      'BatchGet',
      () => readRecords(store(), [id, another]),
      someLeft('UnprocessedKeys', { Keys: [{ pk: `R#${id}`, sk: 'A' }] }),
    ],
    [
      'index notes',
      'BatchGet',
      () => readIndexed(store(), [id]),
      someLeft('UnprocessedKeys', { Keys: [{ pk: `R#${id}`, sk: 'A' }] }),
    ],
    [
      'tokens',
      'BatchWrite',
      () => writeTokens(store(), [{ object: 'customer', id, add: ['t'], drop: [] }]),
      someLeft('UnprocessedItems', [{ PutRequest: { Item: { pk: 'x', sk: 'x' } } }]),
    ],
  ])('for good end as unavailable: %s', async (_what, operation, work, fault) => {
    faults.on(operation, ...times(20, fault))
    expect(await endOf(work())).toMatchObject({ code: 'unavailable' })
    expect(faults.calls).toHaveLength(8)
  })

  it('what a request reads at the same moment is asked for once, and each gets its own', async () => {
    const together = store()
    const [first, second] = ids as [string, string]
    const [one, both, none] = await Promise.all([
      readRecord(together, first),
      readRecords(together, [second, first]),
      readUniqueHolder(together, 'customer', { field: 'taxId', value: 'nobody' }),
    ])
    expect([one?.id, [...both.keys()], none]).toEqual([first, [second, first], undefined])
    expect(faults.calls).toEqual(['BatchGet'])
    expect((await readRecord(together, first))?.id).toBe(first)
    expect(faults.calls).toEqual(['BatchGet', 'Get'])
  })

  it('more than 100 records are asked for 100 at a time', async () => {
    await readRecords(store(), [...ids, ...ids])
    expect(faults.calls).toEqual(['BatchGet', 'BatchGet'])
  })
})

describe('writeNotes', () => {
  const other = 'cust_01h455vb4pex5vsknk084sn02r'
  const note = (of: string) => ({ id: of, replaces: undefined, revision: 1, scheme: 2, tokens: [] })

  it('tells, and throws nothing, when a note was changed meanwhile', async () => {
    faults.on('Put', fails(conditionFailed))
    expect(await writeNotes(store(), [note(id)])).toEqual([id])
  })

  it('tells so, too, when another is at the note at this moment', async () => {
    faults.on('Put', fails(met))
    expect(await writeNotes(store(), [note(id)])).toEqual([id])
  })

  it('of many, tells those that were changed meanwhile and writes the others', async () => {
    const noted = { ...note(other), replaces: 7, revision: 8 }
    expect(await writeNotes(store(), [note(id), noted])).toEqual([other])
    expect([...(await readIndexed(store(), [id, other])).keys()]).toEqual([id])
  })
})

describe('writeChecked', () => {
  it('leaves a record alone that another is at, or that is gone', async () => {
    const checked = { at: '2026-01-01T00:00:00.000Z' }
    const nobody = 'cust_01h455vb4pex5vsknk084sn0nn'
    faults.on('Update', fails(met))
    expect(await writeChecked(store(), { id: nobody, version: 1 }, checked)).toBe(false)
    expect(await writeChecked(store(), { id: nobody, version: 1 }, checked)).toBe(false)
    expect(await readRecord(store(), nobody)).toBeUndefined()
  })
})

describe('purgeRecord', () => {
  const doomed = 'cust_01h455vb4pex5vsknk084sn0pp'
  const put = (sk: string, more: object = {}) =>
    tables.call('PutItem', { TableName: 'Records', Item: { pk: { S: `R#${doomed}` }, sk: { S: sk }, ...more } })
  const left = async () =>
    (await readSlice(store(), { pk: `R#${doomed}` }, { limit: 1_000, descending: false })).rows.map(({ sort }) => sort)
  const binned = { id: { S: doomed }, version: { N: '3' }, deletedAt: { S: '2026-01-01T00:00:00.000Z' } }

  it('deletes record and history together: a call that fails leaves both', async () => {
    await put('A', binned)
    for (const version of [1, 2, 3]) await put(`V#000000000${version}`)
    faults.on(
      'TransactWrite',
      ...times(
        20,
        fails(() => canceled('TransactionConflict')),
      ),
    )
    expect(await endOf(purgeRecord(store(), { id: doomed, version: 3 }))).toMatchObject({ code: 'unavailable' })
    expect(await left()).toHaveLength(4)
    faults.stop()
    expect(await purgeRecord(store(), { id: doomed, version: 3 })).toBe(true)
    expect(await left()).toEqual([])
  })

  it('deletes nothing of a record that was changed or restored since', async () => {
    await put('A', binned)
    await put('V#0000000001')
    expect(await purgeRecord(store(), { id: doomed, version: 2 })).toBe(false)
    const { deletedAt: _restored, ...kept } = binned
    await put('A', kept)
    expect(await purgeRecord(store(), { id: doomed, version: 3 })).toBe(false)
    expect(await left()).toEqual(['A', 'V#0000000001'])
  })

  it('goes on where it was killed, beyond what one transaction takes', async () => {
    await put('A', binned)
    for (let version = 1; version <= 130; version++) await put(`V#${String(version).padStart(10, '0')}`)
    faults.on(
      'TransactWrite',
      async send => send(),
      ...times(
        8,
        fails(() => canceled('TransactionConflict')),
      ),
    )
    expect(await endOf(purgeRecord(store(), { id: doomed, version: 3 }))).toMatchObject({ code: 'unavailable' })
    expect(await left()).toHaveLength(31)
    expect(await purgeRecord(store(), { id: doomed, version: 3 })).toBe(true)
    expect(await left()).toEqual([])
  })
})

describe('a query that DynamoDB cuts at 1 MB', () => {
  it('is continued until the page is full or the partition ends', async () => {
    for (let i = 0; i < 5; i++)
      await tables.call('PutItem', { TableName: 'Records', Item: { pk: { S: 'cut' }, sk: { S: `k${i}` } } })
    const slice = { limit: 4, descending: false }
    // The engine would give all at once: two at a time stand for 1 MB.
    const cut = async (_send: unknown, input: Record<string, unknown>) => {
      const start =
        Number(String((input['ExclusiveStartKey'] as { sk?: string } | undefined)?.sk ?? 'k-1').slice(1)) + 1
      const Items = [0, 1, 2, 3, 4].slice(start, start + 2).map(i => ({ pk: 'cut', sk: `k${i}` }))
      return { Items, LastEvaluatedKey: Items.at(-1) }
    }
    faults.on('Query', cut, cut)
    const first = await readSlice(store(), { pk: 'cut' }, slice)
    const second = await readSlice(store(), { pk: 'cut' }, { ...slice, after: 'k3' })
    expect([first, second].map(({ rows, isLast }) => [rows.map(row => row.sort), isLast])).toEqual([
      [['k0', 'k1', 'k2', 'k3'], false],
      [['k4'], true],
    ])
  })
})

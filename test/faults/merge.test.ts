import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CrmError } from '#lib/errors.ts'
import { mergeRecords } from '#lib/merge/merge-records.ts'
import { settleChildren } from '#lib/merge/settle-children.ts'
import { undoMerge } from '#lib/merge/undo-merge.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readRecord } from '#lib/store/read.ts'
import { createStore } from '#lib/store/table.ts'
import { objectNamed, startTables, systemContext, type Tables } from '../support/table.ts'
import { canceled, type Fault, fails, injectFaults, lost, times } from './faults.ts'

const customer = objectNamed('customer')

let tables: Tables
beforeAll(async () => {
  tables = await startTables()
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

const ctx = (more: Partial<Context> = {}) => systemContext(tables, more)
const keyed = (key: string) => ctx({ idempotency: { key, requestHash: 'h' } })
const stored = (id: string) => readRecord(createStore(tables.records), id)
const overloaded = times(
  8,
  fails(() => canceled('ThrottlingError')),
)

async function two(children = 0): Promise<{ a: string; b: string; calls: string[] }> {
  const make = async (name: string, input: Record<string, string>) =>
    (await createRecord(ctx(), { object: objectNamed(name), input })).id
  const a = await make('customer', { name: 'Pine' })
  const b = await make('customer', { name: 'Pine Ltd' })
  const call = () => make('activity', { type: 'call', subject: 'x', customerId: b })
  return { a, b, calls: await Promise.all(Array.from({ length: children }, call)) }
}

/** Our own write landed; a later try of it is refused by what it wrote itself. */
const refusedByItself: Fault = async (send, input) => {
  await send()
  throw canceled(...(input['TransactItems'] as unknown[]).map(() => 'ConditionalCheckFailed'))
}

describe('a merge whose answer is lost', () => {
  it.each([
    ['without a key', ctx],
    ['with a key', () => keyed(`merge ${Math.round(performance.now() * 1_000)}`)],
  ])('and whose retry is refused by its own success is done once and answered, %s', async (_how, open) => {
    const { a, b } = await two()
    faults.on('TransactWrite', refusedByItself)
    const merged = await mergeRecords(open(), { object: customer, id: a, absorb: [b] })
    expect(merged).toMatchObject({ record: { id: a, name: 'Pine Ltd', version: 2 }, absorbed: [b] })
    expect(await stored(a)).toMatchObject({ version: 2 })
    expect(await stored(b)).toMatchObject({ version: 2, mergedInto: a })
    faults.on('TransactWrite', refusedByItself)
    expect(await undoMerge(open(), { mergeId: merged.mergeId ?? '' })).toMatchObject({ record: { name: 'Pine' } })
    expect(await stored(b)).not.toHaveProperty('mergedInto')
  })

  it('is found by its key, and answered as it was done; sent again it is not done again', async () => {
    const { a, b } = await two()
    const merge = () => mergeRecords(keyed(`again ${a}`), { object: customer, id: a, absorb: [b] })
    faults.on('TransactWrite', lost())
    const merged = await merge()
    expect(merged).toMatchObject({ record: { id: a, version: 2 }, absorbed: [b], replayed: true })
    expect(await merge()).toEqual(merged)
    const undo = () => undoMerge(keyed(`undo ${a}`), { mergeId: merged.mergeId ?? '' })
    faults.on('TransactWrite', lost())
    const unmerged = await undo()
    expect(unmerged).toMatchObject({ record: { id: a, version: 3 }, restored: [{ id: b }], replayed: true })
    expect(await undo()).toEqual(unmerged)
  })
})

describe('a table that gives up in the middle', () => {
  it('leaves nothing half-merged', async () => {
    const { a, b } = await two()
    faults.on('TransactWrite', ...overloaded)
    const code = await mergeRecords(ctx(), { object: customer, id: a, absorb: [b] }).catch(
      (error: CrmError) => error.code,
    )
    expect(code).toBe('unavailable')
    expect([await stored(a), await stored(b)]).toMatchObject([{ version: 1 }, { version: 1 }])
  })

  it('leaves children that wait, which the next to come moves', async () => {
    const { a, b, calls } = await two(20)
    const pass: Fault = send => send()
    faults.on('TransactWrite', pass, pass, ...overloaded)
    const { mergeId = '', children } = await mergeRecords(ctx(), { object: customer, id: a, absorb: [b] })
    expect(children.pending).toBe(true)
    expect(await stored(mergeId)).toMatchObject({ fields: { childrenState: 'moving' } })
    expect(await settleChildren(ctx(), mergeId, { atMost: 1_000 })).toMatchObject({ pending: false })
    for (const id of calls) expect(await stored(id)).toMatchObject({ version: 2, fields: { customerId: a } })
  })
})

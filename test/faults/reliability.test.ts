import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { CrmError } from '#lib/errors.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { getRecord } from '#lib/records/operations/get-record.ts'
import { readHistory } from '#lib/records/operations/read-history.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import type { Written } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import { holderOf, objectNamed, startTables, systemContext, type Tables } from '../support/table.ts'
import { canceled, type Fault, fails, injectFaults, inProgress, lost, outages } from './faults.ts'

const customer = objectNamed('customer')
const seed = 7

let tables: Tables
beforeAll(async () => {
  tables = await startTables()
})
afterAll(() => tables.stop())

/** Numbers from 0 to 1, the same for a seed (mulberry32). */
function randomOf(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Writes land; what comes back says otherwise, in every way that DynamoDB and the network have. */
const kinds: Fault[] = [
  fails(outages['throttling'] ?? inProgress),
  fails(outages['a fault inside AWS'] ?? inProgress),
  fails(outages['a cut connection'] ?? inProgress),
  fails(() => canceled('TransactionConflict')),
  fails(inProgress),
  lost(),
  lost(outages['a fault inside AWS']),
  async (send, input) => {
    await send()
    throw canceled(...(input['TransactItems'] as unknown[]).map(() => 'ConditionalCheckFailed'))
  },
]

/** The bug to find: a write is acknowledged and never made. */
const dropped: Fault = async () => ({})

type Ledger = { id: string; taxId: string; acknowledged: string[] }

/** A client as it should be: the same key until there is an answer. */
async function persist(key: string, write: (ctx: Context) => Promise<Written>): Promise<Written> {
  for (let attempt = 1; ; attempt++) {
    const ctx = { ...systemContext(tables), idempotency: { key, requestHash: key } }
    const outcome = await write(ctx).catch((error: CrmError) => error)
    if (!(outcome instanceof Error)) return outcome
    if (outcome.code !== 'unavailable' || attempt === 10) throw outcome
  }
}

/** Writes with a fault in every tenth call; what was acknowledged, record by record. */
async function play(run: string, options: { writes: number; faults: Fault[] }): Promise<Ledger[]> {
  const random = randomOf(seed)
  const injected = injectFaults(tables.records)
  const wait = vi.spyOn(Math, 'random').mockReturnValue(0)
  const pick = () => options.faults[Math.floor(random() * options.faults.length)]
  const trouble = () => {
    const fault = [pick()].find(() => random() < 0.1)
    injected.on('TransactWrite', ...[fault].filter(each => each !== undefined))
  }
  const perRecord = 20
  const ledgers = Array.from({ length: options.writes / perRecord }, async (_, r): Promise<Ledger> => {
    const taxId = `${run}-${r}`.toUpperCase()
    trouble()
    const made = await persist(`${run} ${r}`, ctx =>
      createRecord(ctx, { object: customer, input: { name: '0', taxId } }),
    )
    const acknowledged = ['0']
    for (let i = 1; i < perRecord; i++) {
      trouble()
      const request = { object: customer, id: made.id, patch: { name: `${i}` } }
      await persist(`${run} ${r} ${i}`, ctx => updateRecord(ctx, request))
      acknowledged.push(`${i}`)
    }
    return { id: made.id, taxId, acknowledged }
  })
  const played = await Promise.all(ledgers)
  injected.stop()
  wait.mockRestore()
  return played
}

/** Acknowledged writes that the table does not have, and writes it has twice, half or by nobody. */
async function audit(ledgers: readonly Ledger[]): Promise<{ lost: number; wrong: string[] }> {
  const wrong: string[] = []
  let missing = 0
  for (const { id, taxId, acknowledged } of ledgers) {
    const ctx = systemContext(tables)
    const { items } = await readHistory(ctx, { object: customer, id, limit: 200 }).catch(() => ({ items: [] }))
    const names = items.map(item => (item['changes'] as { name?: { new?: string } }).name?.new).toReversed()
    missing += acknowledged.filter(name => !names.includes(name)).length
    const now = await getRecord(ctx, { object: customer, id }).catch(() => ({ record: {}, version: 0 }))
    const holder = await holderOf(ctx.store, 'customer', 'taxId', taxId.toLowerCase())
    const is = JSON.stringify([names, now.version, now.record, holder])
    const isWhole =
      is === JSON.stringify([acknowledged, acknowledged.length, { ...now.record, name: acknowledged.at(-1) }, id])
    wrong.push(...[id].filter(() => !isWhole))
  }
  return { lost: missing, wrong }
}

describe('reliability', () => {
  it('1,000 writes with a fault in every tenth call: none acknowledged is lost, none is double or half', async () => {
    const ledgers = await play('real', { writes: 1000, faults: kinds })
    const { lost: count, wrong } = await audit(ledgers)
    const acknowledged = ledgers.reduce((sum, ledger) => sum + ledger.acknowledged.length, 0)
    console.log(`reliability: ${count} of ${acknowledged} acknowledged writes lost, seed ${seed}`)
    expect([count, wrong, acknowledged]).toEqual([0, [], 1000])
  })

  it('the same check goes red over a store that drops a write now and then', async () => {
    const ledgers = await play('planted', { writes: 200, faults: [...kinds, dropped] }).catch(() => [])
    const { lost: count, wrong } = await audit(ledgers)
    console.log(`reliability, planted bug: ${count} of 200 acknowledged writes lost, seed ${seed}`)
    expect(count).toBeGreaterThan(0)
    expect(wrong.length).toBeGreaterThan(0)
  })
})

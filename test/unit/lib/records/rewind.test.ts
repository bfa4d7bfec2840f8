import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { removeRecord } from '#lib/records/operations/remove-record.ts'
import { restoreRecord } from '#lib/records/operations/restore-record.ts'
import { revertRecord } from '#lib/records/operations/revert-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { recordAtTime, recordAtVersion } from '#lib/records/rewind.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecord, readRecords } from '#lib/store/read.ts'
import type { JsonObject } from '#schemas/json.ts'
import { handClock, objectNamed, startTables, systemContext, type Tables } from '../../../support/table.ts'

const customer = objectNamed('customer')

let tables: Tables
beforeAll(async () => {
  tables = await startTables()
})
afterAll(() => tables.stop())

const text = fc.constantFrom(null, 'a', 'b', '华星')
const patch = fc.record(
  {
    name: fc.constantFrom('a', 'b', '华星'),
    tier: fc.constantFrom(null, 'A', 'B'),
    tags: fc.constantFrom(null, ['x'], ['x', 'y']),
    address: fc.record({ city: text, street: text }, { requiredKeys: [] }),
    emails: fc.constantFrom(null, [{ value: 'a@b.cn' }], [{ value: 'c@d.cn', label: 'x' }]),
    taxId: fc.constantFrom(null, 'TAX1', 'TAX2'),
  },
  { requiredKeys: [] },
)
type Player = { update(change: unknown): Promise<void>; bin(): Promise<void>; revert(pick: number): Promise<void> }
const step = fc.oneof(
  { weight: 5, arbitrary: patch.map(change => (player: Player) => player.update(change)) },
  { weight: 1, arbitrary: fc.constant((player: Player) => player.bin()) },
  { weight: 1, arbitrary: fc.nat().map(pick => (player: Player) => player.revert(pick)) },
)

/** Plays steps on a new record; the states it went through, by version, as they were stored at the time. */
async function play(steps: readonly ((player: Player) => Promise<void>)[]): Promise<StoredRecord[]> {
  const clock = handClock()
  const ctx = () => systemContext(tables, { clock })
  const { id } = await createRecord(ctx(), { object: customer, input: { name: 'first' } })
  const states = new Map<number, StoredRecord>()
  const note = async () => {
    const found = await readRecords(ctx().store, [id])
    for (const state of found.values()) states.set(state.version, state)
    clock.advance(1000)
  }
  await note()
  const player: Player = {
    update: async change => {
      await updateRecord(ctx(), { object: customer, id, patch: change })
      await note()
    },
    bin: async () => {
      await removeRecord(ctx(), { object: customer, id })
      await note()
      await restoreRecord(ctx(), { object: customer, id })
      await note()
    },
    revert: async pick => {
      const alive = [...states.values()].filter(state => !state.deletedAt)
      await revertRecord(ctx(), { object: customer, id, toVersion: alive[pick % alive.length]?.version })
      await note()
    },
  }
  for (const each of steps) await each(player)
  await removeRecord(ctx(), { object: customer, id })
  await note()
  return [...states.values()]
}

describe('rewind', () => {
  it('any sequence of writes: each version, and each moment, is shown as it was', async () => {
    let checked = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 10 }), async steps => {
        const states = await play(steps)
        const { store } = systemContext(tables)
        const now = states.at(-1)
        for (const state of states) {
          expect(now && (await recordAtVersion(store, now, state.version))).toEqual(state)
          expect(now && (await recordAtTime(store, now, state.updatedAt))).toEqual(state)
          const justBefore = new Date(Date.parse(state.updatedAt) - 1).toISOString()
          const earlier = states[states.indexOf(state) - 1]
          expect(now && (await recordAtTime(store, now, justBefore))).toEqual(earlier)
          checked += 3
        }
      }),
      { seed: 11, numRuns: 8 },
    )
    console.log(`rewind: ${checked} states shown as they were, seed 11`)
    expect(checked).toBeGreaterThan(100)
  })

  it('a history longer than a page is rewound whole', async () => {
    const ctx = systemContext(tables)
    const { id } = await createRecord(ctx, { object: customer, input: { name: 'v1' } })
    for (let version = 2; version <= 103; version++)
      await updateRecord(ctx, { object: customer, id, patch: { name: `v${version}` } })
    const now = await readRecord(ctx.store, id)
    const then = now && (await recordAtVersion(ctx.store, now, 3))
    expect([then?.version, then?.fields['name']]).toEqual([3, 'v3'])
  })

  it.each([0, -1, 3])('there is no version %s of a record with two', async version => {
    const ctx = systemContext(tables)
    const { id } = await createRecord(ctx, { object: customer, input: { name: 'x' } })
    await updateRecord(ctx, { object: customer, id, patch: { name: 'y' } })
    const now = await readRecord(ctx.store, id)
    const then = now && (await recordAtVersion(ctx.store, now, version))
    expect(then).toBeUndefined()
  })

  it('a change that comes between the two reads does no harm', async () => {
    const ctx = systemContext(tables)
    const { id } = await createRecord(ctx, { object: customer, input: { name: 'one' } })
    await updateRecord(ctx, { object: customer, id, patch: { name: 'two' } })
    const seen = await readRecord(ctx.store, id)
    await updateRecord(ctx, { object: customer, id, patch: { name: 'three', tier: 'A' } })
    const then = seen && (await recordAtVersion(ctx.store, seen, 1))
    expect(then?.fields).toMatchObject({ name: 'one' } satisfies JsonObject)
    expect(then?.fields).not.toHaveProperty('tier')
  })
})

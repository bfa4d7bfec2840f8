import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRecord, planCreate } from '#lib/records/operations/create-record.ts'
import { planUpdate, updateRecord } from '#lib/records/operations/update-record.ts'
import { type BulkWrite, writeMany } from '#lib/records/write-many.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readChange, readRecord } from '#lib/store/read.ts'
import type { JsonObject } from '#schemas/json.ts'
import { objectNamed, startTables, systemContext, type Tables } from '../../../support/table.ts'

let tables: Tables
beforeAll(async () => {
  tables = await startTables()
})
afterAll(() => tables.stop())

const object = objectNamed('customer')
const newWrite = async (ctx: Context, input: JsonObject): Promise<BulkWrite> => {
  const plan = await planCreate(ctx, { object, input })
  return { plan, replan: async () => plan }
}

describe('writeMany', () => {
  it('writes all, each with its change, several to a transaction', async () => {
    const ctx = systemContext(tables, { source: 'import/imp_1' })
    const writes = await Promise.all(
      Array.from({ length: 120 }, (_, i) => newWrite(ctx, { name: `Many ${i}`, taxId: `TAX-${i}` })),
    )
    const before = ctx.store.meter.calls
    const outcomes = await writeMany(ctx, writes)
    expect(ctx.store.meter.calls - before).toBeLessThan(20)
    expect(outcomes).toEqual(writes.map(({ plan }) => ({ id: plan.after.id, version: 1, action: 'created' })))
    const [first] = writes
    expect(await readChange(ctx.store, first?.plan.after.id ?? '', 1)).toMatchObject({ source: 'import/imp_1' })
  })

  it('tells of each record by itself when one of a transaction is refused', async () => {
    const ctx = systemContext(tables)
    await createRecord(ctx, { object, input: { name: 'Holder', taxId: 'HELD' } })
    const writes = await Promise.all(
      ['A-10', 'HELD', 'A-20'].map(taxId => newWrite(ctx, { name: `With ${taxId}`, taxId })),
    )
    const [one, two, three] = await writeMany(ctx, writes)
    expect([one, three]).toMatchObject([{ action: 'created' }, { action: 'created' }])
    expect(two).toMatchObject({ error: { code: 'unique_violation' } })
    expect(await readRecord(ctx.store, writes[1]?.plan.after.id ?? '')).toBeUndefined()
  })

  it('plans anew what somebody else changed meanwhile', async () => {
    const ctx = systemContext(tables)
    const { id } = await createRecord(ctx, { object, input: { name: 'Before' } })
    const replan = () => planUpdate(ctx, { object, id, patch: { tier: 'A' } })
    const plan = await replan()
    await updateRecord(ctx, { object, id, patch: { name: 'Meanwhile' } })
    expect(await writeMany(ctx, [{ plan, replan }])).toEqual([{ id, version: 3, action: 'updated' }])
    expect((await readRecord(ctx.store, id))?.fields).toMatchObject({ name: 'Meanwhile', tier: 'A' })
  })

  it('finds a record that an earlier try has written, and does not write it twice', async () => {
    const ctx = systemContext(tables)
    const { plan } = await newWrite(ctx, { name: 'Once' })
    const replan = async () => {
      const own = await readRecord(ctx.store, plan.after.id)
      return own ? { ...plan, before: own, after: own, action: 'unchanged' as const } : plan
    }
    expect(await writeMany(ctx, [{ plan, replan }])).toMatchObject([{ action: 'created' }])
    expect(await writeMany(ctx, [{ plan, replan }])).toMatchObject([
      { id: plan.after.id, version: 1, action: 'unchanged' },
    ])
  })
})

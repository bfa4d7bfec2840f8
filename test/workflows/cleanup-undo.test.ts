import { describe, expect, it } from 'vitest'
import { unavailable } from '#lib/errors.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { customer } from '#schemas/objects/customer.ts'
import { runUndoWorkflow } from '../support/cleanup-run.ts'
import { cleanCustomers, dirtyCustomers, storeRaw } from '../support/dirty-records.ts'
import type { Fault } from '../support/import-run.ts'
import { memoryFiles } from '../support/memory-files.ts'
import { clean, fieldsOf, itemsOf, runRecord, useCleanup, versionsOf } from '../support/use-cleanup.ts'

const { context, tables } = useCleanup()

describe('undoing a cleanup', () => {
  it('gives back every value, and may be done twice', async () => {
    const [ctx, files] = [context(), memoryFiles()]
    const raw = dirtyCustomers('Back', 5)
    const ids = await storeRaw(ctx, 'customer', raw)
    const id = await clean(ctx, files)
    await runUndoWorkflow(ctx, files, { id })
    expect(await fieldsOf(ctx, ids)).toEqual(raw)
    expect(await runRecord(ctx, id)).toMatchObject({ state: 'undone', undo: { reverted: 5, conflicts: 0 } })
    await runUndoWorkflow(ctx, files, { id })
    expect(await versionsOf(ctx, ids)).toEqual([3, 3, 3, 3, 3])
    await clean(ctx, memoryFiles())
  })

  it('keeps what people did since: a changed fixed field is a conflict, any other change stays', async () => {
    const [ctx, files] = [context(), memoryFiles()]
    const raw = dirtyCustomers('Since', 3)
    const [changed = '', noted = '', binned = ''] = await storeRaw(ctx, 'customer', raw)
    const id = await clean(ctx, files)
    const person = context({ source: 'api' })
    await updateRecord(person, { object: customer, id: changed, patch: { name: 'Since renamed' } })
    await updateRecord(person, { object: customer, id: noted, patch: { industry: 'retail' } })
    await tables().call('UpdateItem', {
      TableName: 'Records',
      Key: { pk: { S: `R#${binned}` }, sk: { S: 'A' } },
      UpdateExpression: 'SET deletedAt = :now',
      ExpressionAttributeValues: { ':now': { S: new Date().toISOString() } },
    })
    await runUndoWorkflow(ctx, files, { id })
    expect(await fieldsOf(ctx, [changed])).toMatchObject([{ name: 'Since renamed' }])
    expect(await fieldsOf(ctx, [noted])).toEqual([{ ...raw[1], industry: 'retail' }])
    expect(await runRecord(ctx, id)).toMatchObject({ undo: { reverted: 1, conflicts: 2 } })
    await clean(ctx, memoryFiles())
  })

  it.each(['plan', 'undoLane', 'end'])('ends as failed, to be tried again, when %s fails to the end', async step => {
    const [ctx, files] = [context(), memoryFiles()]
    const raw = dirtyCustomers(`Undo${step}`, 2)
    const ids = await storeRaw(ctx, 'customer', raw)
    const id = await clean(ctx, files)
    const fault: Fault = (each, times) =>
      each === step && (step !== 'end' || times <= 3) ? { name: 'Internal', message: 'It is broken.' } : undefined
    const { error } = await runUndoWorkflow(ctx, files, { id, fault })
    expect(error).toBe('UndoFailed')
    expect(await runRecord(ctx, id)).toMatchObject({ state: 'failed', failure: { code: 'undo_failed' } })
    await runUndoWorkflow(ctx, files, { id })
    expect(await fieldsOf(ctx, ids)).toEqual(raw)
    expect(await runRecord(ctx, id)).toMatchObject({ state: 'undone', failure: null, undo: { reverted: 2 } })
    await clean(ctx, memoryFiles())
  })
})

describe('the recycle bin', () => {
  const dayMs = 86_400_000
  /** Records deleted so many days ago, as the engine leaves them. */
  const deletedDaysAgo = async (days: number): Promise<string> => {
    const then = new Date(Date.now() - days * dayMs)
    const ctx = context({ clock: { now: () => then } })
    const [id = ''] = await storeRaw(ctx, 'customer', cleanCustomers(`Bin${days}`, 1))
    const { removeRecord } = await import('#lib/records/operations/remove-record.ts')
    await removeRecord(ctx, { object: customer, id })
    return id
  }
  const itemsUnder = async (id: string) => {
    const { Count } = await tables().call('Query', {
      TableName: 'Records',
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: `R#${id}` } },
    })
    return Count
  }

  it('is emptied of what has been there for the days of the policy, record and history, and of nothing else', async () => {
    const [ctx, files] = [context(), memoryFiles()]
    const [old, fresh] = [await deletedDaysAgo(61), await deletedDaysAgo(59)]
    const dry = await clean(ctx, files, { dryRun: true })
    expect(await itemsUnder(old)).toBe(3)
    const real = await clean(ctx, files)
    expect([await itemsUnder(old), await itemsUnder(fresh)]).toEqual([0, 3])
    const told = await itemsOf(files, real, [old, fresh])
    expect(told).toEqual([{ kind: 'purged', object: 'customer', id: old, deletedAt: expect.any(String) }])
    expect(await itemsOf(files, dry, [old, fresh])).toEqual(told)
    await runUndoWorkflow(ctx, files, { id: real })
    expect(await runRecord(ctx, real)).toMatchObject({ state: 'undone', undo: { kept: 1 } })
  })

  it('deletes the rest of a record after a kill, though it can no longer be found', async () => {
    const [ctx] = [context()]
    const old = await deletedDaysAgo(70)
    let deaths = 0
    const files = memoryFiles({
      onWrite: key => {
        if (key.includes('/purged/customer') && deaths++ === 0) throw unavailable('killed')
      },
    })
    const id = await clean(ctx, files)
    expect(deaths).toBeGreaterThan(1)
    expect(await itemsUnder(old)).toBe(0)
    expect(await itemsOf(files, id, [old])).toHaveLength(1)
  })
})

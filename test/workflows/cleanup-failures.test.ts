import { describe, expect, it } from 'vitest'
import { evaluateLane } from '#lib/cleanup/evaluate-lane.ts'
import { failRun } from '#lib/cleanup/fail-run.ts'
import { planRun } from '#lib/cleanup/plan-run.ts'
import { unavailable } from '#lib/errors.ts'
import { changeJob } from '#lib/jobs/job-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import type { Files } from '#lib/runtime/files.ts'
import { customer } from '#schemas/objects/customer.ts'
import { run } from '#schemas/system/run.ts'
import { reportFile, runCleanupWorkflow, runUndoWorkflow, startedRun } from '../support/cleanup-run.ts'
import { cleanCustomers, dirtyCustomers, storeRaw } from '../support/dirty-records.ts'
import type { Fault } from '../support/import-run.ts'
import { memoryFiles } from '../support/memory-files.ts'
import { clean, fieldsOf, itemsOf, recordsOf, runRecord, useCleanup, versionsOf } from '../support/use-cleanup.ts'

const { context } = useCleanup()

describe('the workflow of a cleanup', () => {
  const steps = ['plan', 'evaluateLane', 'compare', 'refresh', 'purge', 'report']

  it.each(steps)('goes on by itself when %s fails for a service that is away', async step => {
    const [ctx, files] = [context(), memoryFiles()]
    const ids = await storeRaw(ctx, 'customer', dirtyCustomers(`Away${step}`, 2))
    const away: Fault = (each, times) =>
      each === step && times <= 2 ? { name: 'Unavailable', message: 'The table does not answer.' } : undefined
    await clean(ctx, files, { fault: away })
    expect(await fieldsOf(ctx, ids)).toEqual(cleanCustomers(`Away${step}`, 2))
  })

  it.each(steps.flatMap(step => ['Refused', 'Internal'].map(name => [step, name] as const)))(
    'ends as failed, with a report and to be undone, when %s fails with %s to the end',
    async (step, name) => {
      const [ctx, files] = [context(), memoryFiles()]
      const raw = dirtyCustomers(`Fail${step}${name}`, 2)
      const ids = await storeRaw(ctx, 'customer', raw)
      const id = await startedRun(ctx)
      const fault: Fault = each => (each === step ? { name, message: 'It is broken.' } : undefined)
      const { error } = await runCleanupWorkflow(ctx, files, { id, fault })
      expect(error).toBe('CleanupFailed')
      const fields = await runRecord(ctx, id)
      expect(fields).toMatchObject({ state: 'failed', failure: { detail: expect.any(String) } })
      expect(fields?.['endedAt']).toBeDefined()
      await runUndoWorkflow(ctx, files, { id })
      expect(await fieldsOf(ctx, ids)).toEqual(raw)
      await clean(ctx, memoryFiles())
    },
  )

  it('tells what broke in a lane, which a distributed map hides', async () => {
    const ctx = context()
    const files = memoryFiles({
      onWrite: key => {
        if (key.includes('/results/contact')) throw unavailable('The bucket is full.')
      },
    })
    const id = await startedRun(ctx)
    const { error } = await runCleanupWorkflow(ctx, files, { id })
    expect(error).toBe('CleanupFailed')
    expect(await runRecord(ctx, id)).toMatchObject({
      state: 'failed',
      failure: { code: 'unavailable', detail: 'The bucket is full.' },
    })
  })

  it('does not tell a reason that its lane got past', async () => {
    const ctx = context()
    let deaths = 0
    const files = memoryFiles({
      onWrite: key => {
        if (key.includes('/results/') && deaths++ === 0) throw unavailable('The bucket is full.')
      },
    })
    const id = await startedRun(ctx)
    const [first] = (await planRun(ctx, files, { runId: id })).lanes
    const lane = { object: first?.object ?? '', shard: first?.shard ?? 0 }
    const evaluate = () => evaluateLane(ctx, files, { runId: id, lane, remainingMs: () => 900_000 })
    await expect(evaluate()).rejects.toThrow('The bucket is full.')
    expect(await evaluate()).toEqual({ done: true })
    // Another lane runs out of memory: nobody is left to say so.
    const failure = { name: 'States.ExceedToleratedFailureThreshold', message: 'Too many lanes failed.' }
    await failRun(ctx, files, { runId: id, failure })
    expect(await runRecord(ctx, id)).toMatchObject({ failure: { code: 'internal', detail: failure.message } })
  })

  it('says of a segment that it failed in which records it had fixed', async () => {
    const ctx = context()
    const ids = await storeRaw(ctx, 'customer', dirtyCustomers('Broke', 3))
    const [changed = '', ...fixed] = ids
    const files = memoryFiles({
      onWrite: key => {
        if (key.includes('/results/customer')) throw unavailable('The bucket is full.')
      },
    })
    const person = context({ source: 'api' })
    const patched: Files = {
      ...files,
      writeNew: async (key, body) => {
        const isFirst = key.includes('/intents/customer') && (await versionsOf(ctx, ids)).every(each => each === 1)
        if (isFirst) await updateRecord(person, { object: customer, id: changed, patch: { name: 'Mine' } })
        return files.writeNew(key, body)
      },
    }
    const id = await startedRun(ctx)
    expect((await runCleanupWorkflow(ctx, patched, { id })).error).toBe('CleanupFailed')
    expect((await reportFile(files, id)).report.counts).toMatchObject({ fixed: 2, skipped: 1 })
    const items = (await itemsOf(files, id, ids)).filter(({ kind }) => kind !== 'finding')
    expect(items.map(item => [item.id, item.kind]).toSorted()).toEqual(
      [[changed, 'skipped'], ...fixed.map(each => [each, 'fixed'])].toSorted(),
    )
    await clean(ctx, memoryFiles())
  })

  it('finishes the segment it is at when it is canceled, and says what it did until then', async () => {
    const ctx = context()
    const ids = await storeRaw(ctx, 'customer', dirtyCustomers('Halt', 3))
    const files = memoryFiles()
    const id = await startedRun(ctx)
    let deaths = 0
    const patched: Files = {
      ...files,
      writeNew: async (key, body) => {
        if (key.includes('/results/customer') && deaths++ === 0) {
          await changeJob(ctx, { object: run, id }, () => ({ state: 'canceling' }))
          throw unavailable('killed')
        }
        return files.writeNew(key, body)
      },
    }
    const { error } = await runCleanupWorkflow(ctx, patched, { id })
    expect(error).toBeUndefined()
    const told = (await itemsOf(files, id, ids)).filter(({ kind }) => kind === 'fixed').map(item => item.id)
    const written = (await recordsOf(ctx, ids)).filter(({ version }) => version === 2).map(record => record.id)
    expect(written.length).toBeGreaterThan(0)
    expect(told.toSorted()).toEqual(written.toSorted())
    expect(await runRecord(ctx, id)).toMatchObject({ state: 'canceled', report: { counts: { fixed: told.length } } })
    await runUndoWorkflow(ctx, files, { id })
    expect(await runRecord(ctx, id)).toMatchObject({ undo: { reverted: told.length } })
    await clean(ctx, memoryFiles())
  })

  it('does nothing when it was canceled before it began, and says so', async () => {
    const [ctx, files] = [context(), memoryFiles()]
    const ids = await storeRaw(ctx, 'customer', dirtyCustomers('Stop', 2))
    const id = await startedRun(ctx)
    await changeJob(ctx, { object: run, id }, () => ({ state: 'canceling' }))
    const { error } = await runCleanupWorkflow(ctx, files, { id })
    expect(error).toBeUndefined()
    expect(await versionsOf(ctx, ids)).toEqual([1, 1])
    expect(await runRecord(ctx, id)).toMatchObject({ state: 'canceled', report: { counts: { evaluated: 0 } } })
    await clean(ctx, files)
  })
})

import { describe, expect, it } from 'vitest'
import { unavailable } from '#lib/errors.ts'
import { changeJob } from '#lib/jobs/job-record.ts'
import { run } from '#schemas/system/run.ts'
import { runCleanupWorkflow, runUndoWorkflow, startedRun } from '../support/cleanup-run.ts'
import { cleanCustomers, dirtyCustomers, storeRaw } from '../support/dirty-records.ts'
import type { Fault } from '../support/import-run.ts'
import { memoryFiles } from '../support/memory-files.ts'
import { clean, fieldsOf, runRecord, useCleanup, versionsOf } from '../support/use-cleanup.ts'

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

  it('stops when it is canceled, and says what it did until then', async () => {
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

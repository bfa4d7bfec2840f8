import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { unavailable } from '#lib/errors.ts'
import { changeJob } from '#lib/jobs/job-record.ts'
import { loadJob } from '#lib/jobs/load-job.ts'
import type { Context } from '#lib/runtime/context.ts'
import { importFiles } from '#lib/transfer/imports/import-files.ts'
import { importJob } from '#schemas/system/import.ts'
import { type Fault, runImportWorkflow, startedJob } from '../support/import-run.ts'
import { memoryFiles } from '../support/memory-files.ts'
import { type Cast, contextOf, seedCast, startTables, type Tables } from '../support/table.ts'

let tables: Tables
let cast: Cast
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
})
afterAll(() => tables.stop())

const context = (): Context => contextOf(tables, cast.admin)
const csvOf = (rows: number, word = 'Row') =>
  ['name,email', ...Array.from({ length: rows }, (_, i) => `${word} ${i},${word}.${i}@example.com`)].join('\n')
const fieldsOf = async (ctx: Context, id: string) => (await loadJob(ctx, importJob, id)).fields
const passing: Fault = (_step, run) =>
  run <= 2 ? { name: 'Unavailable', message: 'The table does not answer.' } : undefined

describe('the import workflow', () => {
  it('splits, imports every segment and reports', async () => {
    const [ctx, files] = [context(), memoryFiles()]
    const id = await startedJob(ctx, files, { csv: csvOf(1_100) })
    const { error, ran } = await runImportWorkflow(ctx, files, { id })
    expect(error).toBeUndefined()
    expect(ran.toSorted()).toEqual(['importSegments', 'importSegments', 'importSegments', 'report', 'split'])
    expect(await fieldsOf(ctx, id)).toMatchObject({
      state: 'succeeded',
      segments: 3,
      counts: { rows: 1_100, created: 1_100 },
    })
  })

  it.each(['split', 'importSegments', 'report'])(
    'goes on by itself when %s fails for a service that is away',
    async step => {
      const [ctx, files] = [context(), memoryFiles()]
      const id = await startedJob(ctx, files, { csv: csvOf(3, step) })
      const { error, ran } = await runImportWorkflow(ctx, files, {
        id,
        fault: (name, run) => (name === step ? passing(name, run) : undefined),
      })
      expect(error).toBeUndefined()
      expect(ran.filter(name => name === step)).toHaveLength(3)
      expect(await fieldsOf(ctx, id)).toMatchObject({ state: 'succeeded', counts: { created: 3 } })
    },
  )

  it.each([
    ['split', 'Refused', 1, 0],
    ['importSegments', 'Refused', 1, 0],
    ['report', 'Internal', 3, 4],
    ['split', 'States.Timeout', 9, 0],
  ])('ends as failed, with a report, when %s fails with %s to the end', async (step, name, runs, created) => {
    const [ctx, files] = [context(), memoryFiles()]
    const id = await startedJob(ctx, files, { csv: csvOf(4, `${step}${name}`) })
    const fault: Fault = each => (each === step ? { name, message: 'It is broken.' } : undefined)
    const { error, ran } = await runImportWorkflow(ctx, files, { id, fault })
    expect(error).toBe('ImportFailed')
    expect(ran.filter(each => each === step)).toHaveLength(runs)
    const fields = await fieldsOf(ctx, id)
    expect(fields).toMatchObject({ state: 'failed', counts: { created }, problem: { detail: expect.any(String) } })
    expect(fields['endedAt']).toBeDefined()
  })

  it('tells what broke in a segment, which a distributed map hides, and what came in before', async () => {
    const ctx = context()
    const files = memoryFiles({
      onWrite: key => {
        if (key.includes('/results/0000001-')) throw unavailable('The bucket is full.')
      },
    })
    const id = await startedJob(ctx, files, { csv: csvOf(700, 'Full') })
    const { error } = await runImportWorkflow(ctx, files, { id })
    expect(error).toBe('ImportFailed')
    const fields = await fieldsOf(ctx, id)
    expect(fields).toMatchObject({ state: 'failed', counts: { rows: 700, created: 500 } })
    expect(fields['problem']).toEqual({ code: 'unavailable', detail: 'The bucket is full.' })
    expect(fields['report']).toMatchObject({ check: { accountedFor: 500, notReached: 200 } })
  })

  it('ends even when the report of the failure fails, with the counts', async () => {
    const ctx = context()
    const files = memoryFiles({
      onWrite: key => {
        if (key === importFiles.rejects(key.split('/')[1] ?? '')) throw new Error('no file of rejects')
      },
    })
    const id = await startedJob(ctx, files, { csv: csvOf(5, 'Light') })
    const { error } = await runImportWorkflow(ctx, files, { id })
    expect(error).toBe('ImportFailed')
    expect(await fieldsOf(ctx, id)).toMatchObject({ state: 'failed', counts: { rows: 5, created: 5 } })
  })

  it('refuses a file that was replaced after the start, and writes nothing', async () => {
    const [ctx, files] = [context(), memoryFiles()]
    const id = await startedJob(ctx, files, { csv: csvOf(2, 'Old') })
    await files.write(importFiles.upload({ id }), csvOf(2, 'New'))
    expect((await runImportWorkflow(ctx, files, { id })).error).toBe('ImportFailed')
    const fields = await fieldsOf(ctx, id)
    expect(fields).toMatchObject({
      state: 'failed',
      counts: { rows: 0, created: 0 },
      problem: { code: 'validation_failed' },
    })
  })

  it('that is canceled does no further segment', async () => {
    const ctx = context()
    let id = ''
    const files = memoryFiles()
    id = await startedJob(ctx, files, { csv: csvOf(1_500, 'Stop'), onDuplicate: 'skip' })
    const fault: Fault = (step, run) => {
      if (step === 'importSegments' && run === 2)
        stopping = changeJob(ctx, { object: importJob, id }, () => ({ state: 'canceling' }))
      return undefined
    }
    let stopping: Promise<unknown> | undefined
    const { error } = await runImportWorkflow(ctx, files, { id, fault })
    await stopping
    expect(error).toBeUndefined()
    const fields = await fieldsOf(ctx, id)
    expect(fields['state']).toBe('canceled')
    expect(fields['report']).toMatchObject({ check: { holds: true } })
    expect(Number(Reflect.get(Object(fields['counts']), 'created'))).toBeLessThan(1_500)
  })
})

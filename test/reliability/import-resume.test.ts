import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeJob } from '#lib/jobs/job-record.ts'
import { loadJob } from '#lib/jobs/load-job.ts'
import type { Context } from '#lib/runtime/context.ts'
import { importFiles } from '#lib/transfer/imports/import-files.ts'
import { importJob } from '#schemas/system/import.ts'
import { runImportWorkflow, startedJob } from '../support/import-run.ts'
import { memoryFiles } from '../support/memory-files.ts'
import { type Cast, contextOf, seedCast, startTables, type Tables } from '../support/table.ts'
import { differencesFrom, type Truth, truthOf } from './truth.ts'

let tables: Tables
let cast: Cast
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
})
afterAll(() => tables.stop())

/** Two segments and more; where every row is looked for first they take longer. */
const sizes = { create: 2_000, skip: 1_000, update: 1_000 }
const killed = { name: 'Killed', message: 'kill -9' }

/** Imports a file whose worker dies twice half-way through a segment, after writing and before it could say so; then resumes. */
async function importKilledTwice(
  truth: Truth,
  settings: { onDuplicate: string },
  bug?: (ctx: Context, id: string) => Promise<void>,
) {
  const ctx = contextOf(tables, cast.admin)
  let deaths = 0
  let mayDie = true
  const files = memoryFiles({
    onWrite: key => {
      // The result of a segment is lost with the worker: its rows are in the table, and nobody knows.
      if (!mayDie || !/\/results\/000000[1-9]-/.test(key)) return
      mayDie = false
      deaths += 1
      throw new Error('kill -9')
    },
  })
  const id = await startedJob(ctx, files, { csv: truth.csv, mapping: truth.mapping, ...settings })
  const job = { ...ctx, source: `import/${id}` }
  for (let run = 0; run < 3; run++) {
    const before = deaths
    mayDie = run < 2
    // A kill leaves no time for retries or for telling the failure: the workflow starts from its beginning.
    const { error } = await runImportWorkflow(job, files, {
      id,
      fault: step => (deaths > before && run < 2 ? killed : step === 'fail' ? killed : undefined),
    })
    if (error === undefined) break
    if (bug) await bug(job, id)
  }
  expect(deaths).toBe(2)
  const rejects = (await files.readText(importFiles.rejects(id))).split('\r\n')
  return { fields: (await loadJob(ctx, importJob, id)).fields, rejects, ctx }
}

describe('an import that is killed twice and resumed', () => {
  it.each(Object.entries(sizes))(
    'takes and rejects exactly the rows it should, duplicates: %s',
    async (onDuplicate, rows) => {
      const truth = truthOf({ rows, badShare: 0.05, seed: 20_261_122, word: onDuplicate })
      const { fields, rejects, ctx } = await importKilledTwice(truth, { onDuplicate })
      const wrong = await differencesFrom(truth, { ctx, rejects })
      console.log(
        `import killed twice (${onDuplicate}): seed ${truth.seed}, ${truth.accepted.size} rows to accept, ${truth.rejected.size} to reject, ${wrong.length} wrong`,
      )
      expect(wrong).toEqual([])
      expect(fields).toMatchObject({
        state: 'succeeded',
        counts: { rows, created: truth.accepted.size, updated: 0, skipped: 0, rejected: truth.rejected.size },
      })
    },
    180_000,
  )

  it('goes red when a resume gives rows other ids, and so does not find what it has written', async () => {
    const truth = truthOf({ rows: sizes.update, badShare: 0.05, seed: 7, word: 'bug' })
    const otherIds = async (ctx: Context, id: string) => {
      await changeJob(ctx, { object: importJob, id }, () => ({ startedAt: new Date(Date.now() + 1_000).toISOString() }))
    }
    const { rejects, ctx } = await importKilledTwice(truth, { onDuplicate: 'create' }, otherIds)
    const wrong = await differencesFrom(truth, { ctx, rejects })
    // The segment that was written when the worker died is there twice.
    expect(wrong.length).toBeGreaterThanOrEqual(400)
  }, 180_000)
})

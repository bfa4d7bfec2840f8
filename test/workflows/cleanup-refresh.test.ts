import { beforeAll, expect, it } from 'vitest'
import { endUndo } from '#lib/cleanup/end-undo.ts'
import { unavailable } from '#lib/errors.ts'
import { changeJob } from '#lib/jobs/job-record.ts'
import { planId } from '#lib/refresh/plan-ids.ts'
import { readPlanTasks } from '#lib/refresh/plan-tasks.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import type { JsonObject } from '#schemas/json.ts'
import { tenantPolicy } from '#schemas/settings.ts'
import { run } from '#schemas/system/run.ts'
import { reportFile, runCleanupWorkflow, runUndoWorkflow, startedRun } from '../support/cleanup-run.ts'
import { memoryFiles } from '../support/memory-files.ts'
import { makeStale } from '../support/refresh.ts'
import { seedCast } from '../support/table.ts'
import { clean, runRecord, useCleanup } from '../support/use-cleanup.ts'

const { context, tables } = useCleanup()
const asking = (refresh: JsonObject = {}, more: Partial<Context> = {}) =>
  context({ policy: tenantPolicy.parse({ refresh: { enabled: true, ...refresh } }), ...more })

beforeAll(async () => {
  await seedCast(tables())
  await makeStale(
    tables(),
    Array.from({ length: 5 }, (_, i) => ({ name: `Stale ${i} Ltd` })),
  )
})

const tasksOf = async (id: string) => {
  const { startedAt } = (await runRecord(context(), id)) ?? {}
  return readPlanTasks(context(), planId({ runId: id, at: new Date(String(startedAt)) }))
}

it('the report adds up to every stale record: asked about, out of room, or left to the next run', async () => {
  const files = memoryFiles()
  const id = await clean(asking({ mostPerRun: 3 }), files, { dryRun: true })
  const { counts, refresh } = (await reportFile(files, id)).report
  expect(counts.stale).toBe(5)
  expect(refresh).toEqual({ created: 3, alreadyOpen: 0, unassigned: 0, noRoom: 0, failed: 0, left: 2 })
})

it('a run that is canceled while it makes tasks tells all that it made', async () => {
  const files = memoryFiles()
  const id = await startedRun(context())
  let deaths = 0
  const patched: Files = {
    ...files,
    writeNew: async (key, body) => {
      if (key.endsWith('refresh.ndjson') && deaths++ === 0) {
        await changeJob(context(), { object: run, id }, () => ({ state: 'canceling' }))
        throw unavailable('killed')
      }
      return files.writeNew(key, body)
    },
  }
  expect((await runCleanupWorkflow(asking(), patched, { id })).error).toBeUndefined()
  expect(await tasksOf(id)).toHaveLength(5)
  expect(await runRecord(context(), id)).toMatchObject({ state: 'canceled', report: { counts: { tasks: 5 } } })
  await runUndoWorkflow(asking(), files, { id })
  expect(await tasksOf(id)).toHaveLength(0)
})

it('undoing that is killed after it removed the tasks says how many it removed', async () => {
  const files = memoryFiles()
  const id = await clean(asking(), files)
  expect(await tasksOf(id)).toHaveLength(5)
  let deaths = 0
  const patched: Files = {
    ...files,
    readText: async key => {
      if (key.endsWith('undone-tasks.json') && deaths++ === 0) throw unavailable('killed')
      return files.readText(key)
    },
  }
  await runUndoWorkflow(asking(), patched, { id })
  expect(deaths).toBeGreaterThan(0)
  expect(await tasksOf(id)).toHaveLength(0)
  expect(await runRecord(context(), id)).toMatchObject({ state: 'undone', undo: { tasksRemoved: 5 } })
})

it('a run that is not being undone keeps its tasks, whoever ends an undoing of it', async () => {
  const files = memoryFiles()
  const id = await clean(asking(), files)
  await endUndo(asking(), files, { runId: id })
  expect(await tasksOf(id)).toHaveLength(5)
  expect(await runRecord(context(), id)).toMatchObject({ state: 'succeeded' })
})

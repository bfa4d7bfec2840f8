import { purgedItems } from '#lib/cleanup/purged-items.ts'
import type { RunFailure } from '#lib/cleanup/report-run.ts'
import { type RunPlan, readPlan, runFiles } from '#lib/cleanup/run-files.ts'
import { loadRun, runContext, stateOf } from '#lib/cleanup/run-job.ts'
import { undoSource } from '#lib/cleanup/undo-records.ts'
import { changeJob } from '#lib/jobs/job-record.ts'
import { planId } from '#lib/refresh/plan-ids.ts'
import { readPlanTasks } from '#lib/refresh/plan-tasks.ts'
import { undoRefresh } from '#lib/refresh/undo-refresh.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecords } from '#lib/store/read.ts'
import { isJsonObject } from '#schemas/json.ts'
import { run } from '#schemas/system/run.ts'

/** What undoing a run did. */
type Undo = { reverted: number; conflicts: number; unmerged: number; tasksRemoved: number; kept: number }

/**
 * Takes back the tasks of a run, adds up what undoing did, and ends it. One that failed ends as a failed run, which can
 * be undone again. Safe to run again, also beside another.
 */
export async function endUndo(
  given: Context,
  files: Files,
  { runId, failure }: { runId: string; failure?: RunFailure },
): Promise<void> {
  const ctx = runContext(given, runId, undoSource(runId))
  if (stateOf(await loadRun(ctx, runId)) !== 'undoing') return
  const hasPlan = (await files.head(runFiles.plan(runId))) !== undefined
  const undo = hasPlan ? await sumUp(ctx, files, await readPlan(files, runId), failure !== undefined) : nothing
  await changeJob(ctx, { object: run, id: runId }, ({ fields }) => {
    if (fields['state'] !== 'undoing') return undefined
    if (failure) return { state: 'failed', undo, failure }
    const { failure: earlier } = fields
    const isOver = isJsonObject(earlier) && earlier['code'] === 'undo_failed'
    return { state: 'undone', undo, ...(isOver && { failure: null }) }
  })
}

async function sumUp(ctx: Context, files: Files, plan: RunPlan, isFailed: boolean): Promise<Undo> {
  const undo = { ...nothing }
  const { runId } = plan
  for await (const { key } of files.list(runFiles.undone(runId))) {
    const [sum = '{}', ...conflicts] = (await files.readText(key)).trimEnd().split('\n')
    const { reverted = 0, unmerged = 0 } = JSON.parse(sum)
    undo.reverted += reverted
    undo.unmerged += unmerged
    undo.conflicts += conflicts.length
  }
  for await (const _ of purgedItems(files, plan)) undo.kept += 1
  if (!isFailed) await removeTasks(ctx, files, plan)
  return { ...undo, tasksRemoved: await countRemoved(ctx, files, runId) }
}

/** Which tasks there are is kept before any is removed: after a kill they are counted with those that are left. */
async function removeTasks(ctx: Context, files: Files, { runId, startedAt }: RunPlan): Promise<void> {
  const at = new Date(startedAt)
  const tasks = await readPlanTasks(ctx, planId({ runId, at }))
  const text = JSON.stringify(tasks.map(({ id }) => id))
  await files.writeNew(runFiles.undoneTasks(runId), text, { contentType: 'application/json' })
  await undoRefresh(ctx, { runId, at })
}

async function countRemoved(ctx: Context, files: Files, runId: string): Promise<number> {
  const key = runFiles.undoneTasks(runId)
  if (!(await files.head(key))) return 0
  const tasks = await readRecords(ctx.store, JSON.parse(await files.readText(key)))
  const isOurs = ({ deletedAt, updatedBy }: StoredRecord) => deletedAt !== undefined && updatedBy === ctx.actor.id
  return [...tasks.values()].filter(isOurs).length
}

const nothing: Undo = { reverted: 0, conflicts: 0, unmerged: 0, tasksRemoved: 0, kept: 0 }

import { purgedItems } from '#lib/cleanup/purged-items.ts'
import type { RunFailure } from '#lib/cleanup/report-run.ts'
import { type RunPlan, readPlan, runFiles } from '#lib/cleanup/run-files.ts'
import { runContext } from '#lib/cleanup/run-job.ts'
import { undoSource } from '#lib/cleanup/undo-records.ts'
import { changeJob } from '#lib/jobs/job-record.ts'
import { undoRefresh } from '#lib/refresh/undo-refresh.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { run } from '#schemas/system/run.ts'

/** What undoing a run did. */
type Undo = { reverted: number; conflicts: number; unmerged: number; tasksRemoved: number; kept: number }

/**
 * Takes back the tasks of a run, adds up what undoing did, and ends it. One that failed ends as a failed run, which can
 * be undone again.
 */
export async function endUndo(
  given: Context,
  files: Files,
  { runId, failure }: { runId: string; failure?: RunFailure },
): Promise<void> {
  const ctx = runContext(given, runId, undoSource(runId))
  const hasPlan = (await files.head(runFiles.plan(runId))) !== undefined
  const undo = hasPlan ? await sumUp(ctx, files, await readPlan(files, runId), failure !== undefined) : nothing
  await changeJob(ctx, { object: run, id: runId }, ({ fields }) => {
    if (fields['state'] !== 'undoing') return undefined
    return { state: failure ? 'failed' : 'undone', undo, ...(failure && { failure }) }
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
  if (isFailed) return undo
  const { removed } = await undoRefresh(ctx, { runId, at: new Date(plan.startedAt) })
  return { ...undo, tasksRemoved: removed }
}

const nothing: Undo = { reverted: 0, conflicts: 0, unmerged: 0, tasksRemoved: 0, kept: 0 }

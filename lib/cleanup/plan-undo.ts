import { certainGroups } from '#lib/cleanup/merge-certain.ts'
import { ownMerges } from '#lib/cleanup/own-merges.ts'
import type { LaneInput } from '#lib/cleanup/plan-run.ts'
import { ndjsonType, type RunPlan, readPlan, runFiles } from '#lib/cleanup/run-files.ts'
import { loadRun, runContext, stateOf } from '#lib/cleanup/run-job.ts'
import { type Conflict, undoSource } from '#lib/cleanup/undo-records.ts'
import { isRefusal } from '#lib/errors.ts'
import { undoMerge } from '#lib/merge/undo-merge.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { readRecord } from '#lib/store/read.ts'

/**
 * Takes apart what the run merged, since fixed records may be among it, and shares out the lanes; none when the run never came
 * so far as to have any. Safe to run again.
 */
export async function planUndo(
  given: Context,
  files: Files,
  { runId }: { runId: string },
): Promise<{ runId: string; lanes: LaneInput[] }> {
  const ctx = runContext(given, runId, undoSource(runId))
  if (stateOf(await loadRun(ctx, runId)) !== 'undoing') return { runId, lanes: [] }
  if (!(await files.head(runFiles.plan(runId)))) return { runId, lanes: [] }
  const plan = await readPlan(files, runId)
  await undoMerges(ctx, files, plan)
  return { runId, lanes: plan.lanes.map(lane => ({ ...lane, runId })) }
}

async function undoMerges(ctx: Context, files: Files, plan: RunPlan): Promise<void> {
  const { runId } = plan
  const conflicts: Conflict[] = []
  let unmerged = 0
  for (const { members } of await certainGroups(files, plan))
    for (const id of (await ownMerges(ctx, plan, members)).merges.toReversed()) {
      const conflict = await undoOne(ctx, id)
      if (conflict) conflicts.push(conflict)
      else unmerged += 1
    }
  if (unmerged + conflicts.length === 0) return
  const text = [{ unmerged }, ...conflicts].map(value => `${JSON.stringify(value)}\n`).join('')
  await files.write(`${runFiles.undone(runId)}merges.ndjson`, text, { contentType: ndjsonType })
}

async function undoOne(ctx: Context, mergeId: string): Promise<Conflict | undefined> {
  const merge = await readRecord(ctx.store, mergeId)
  if (merge?.fields['state'] === 'undone') return undefined
  try {
    await undoMerge(ctx, { mergeId })
    return undefined
  } catch (error) {
    if (!isRefusal(error)) throw error
    return { id: mergeId, object: 'merge', code: error.code, detail: error.message }
  }
}

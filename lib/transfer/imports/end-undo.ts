import { changeJob } from '#lib/jobs/job-record.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { importFiles } from '#lib/transfer/imports/import-files.ts'
import type { ImportProblem } from '#lib/transfer/imports/report-import.ts'
import { importJob } from '#schemas/system/import.ts'

/** Adds up what undoing did. One that failed ends as a failed import, which can be undone again. */
export async function endUndo(ctx: Context, files: Files, end: { id: string; problem?: ImportProblem }): Promise<void> {
  const { id, problem } = end
  const undo = { removed: 0, reverted: 0, conflicts: 0 }
  const seen = new Set<string>()
  const prefix = importFiles.undone(id)
  for await (const { key } of files.list(prefix)) {
    const [segment = '', removed, reverted, conflicts] = key.slice(prefix.length, -'.ndjson'.length).split('-')
    if (seen.has(segment)) continue
    seen.add(segment)
    undo.removed += Number(removed)
    undo.reverted += Number(reverted)
    undo.conflicts += Number(conflicts)
  }
  await changeJob(ctx, { object: importJob, id }, () => ({
    state: problem ? 'failed' : 'undone',
    undo,
    ...(problem && { problem }),
  }))
}

import { changeJob } from '#lib/jobs/job-record.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { startWorkflow } from '#lib/runtime/workflows.ts'
import { stateOf, wrongState } from '#lib/transfer/imports/import-job.ts'
import { viewImport } from '#lib/transfer/imports/view-import.ts'
import type { JsonObject } from '#schemas/json.ts'
import { importJob } from '#schemas/system/import.ts'

/**
 * Undoes an import in the background: deletes what it created and gives back what it changed.
 * @throws CrmError not_found; validation_failed while it runs, and when it wrote nothing or is undone already.
 */
export async function undoImport(
  ctx: Context,
  { files, workflow }: { files: Files; workflow: string },
  id: string,
): Promise<JsonObject> {
  const undoing = await changeJob(ctx, { object: importJob, id }, record => {
    const state = stateOf(record)
    if (state === 'undoing') return undefined
    if (record.fields['dryRun'] === true) return wrongState(record, 'it was a dry run, which wrote nothing.')
    const hasRun = record.fields['startedAt'] !== undefined && ['succeeded', 'failed', 'canceled'].includes(state)
    return hasRun ? { state: 'undoing' } : wrongState(record, 'only one that has run and ended can be undone.')
  })
  // The version tells one undoing from a later one after it failed; started twice, it runs once.
  const name = `undo-${id}-${undoing.version}`
  const input = { importId: id, actorId: undoing.updatedBy }
  if (stateOf(undoing) === 'undoing') await startWorkflow(workflow, { name, input })
  return viewImport(files, undoing)
}

import { changeJob } from '#lib/jobs/job-record.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { stateOf, wrongState } from '#lib/transfer/imports/import-job.ts'
import { viewImport } from '#lib/transfer/imports/view-import.ts'
import type { JsonObject } from '#schemas/json.ts'
import { importJob } from '#schemas/system/import.ts'

/**
 * Stops an import after the segments it is writing; one that has not begun ends at once.
 * @throws CrmError not_found; validation_failed when it has ended.
 */
export async function cancelImport(ctx: Context, files: Files, id: string): Promise<JsonObject> {
  const canceled = await changeJob(ctx, { object: importJob, id }, record => {
    const state = stateOf(record)
    if (state === 'canceling' || state === 'canceled') return undefined
    if (state === 'running') return { state: 'canceling' }
    if (state !== 'awaitingUpload' && state !== 'ready') return wrongState(record, 'there is nothing to cancel.')
    return { state: 'canceled', endedAt: ctx.clock.now().toISOString() }
  })
  return viewImport(files, canceled)
}

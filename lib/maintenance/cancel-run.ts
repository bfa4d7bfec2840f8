import { stateOf, wrongState } from '#lib/cleanup/run-job.ts'
import { changeJob } from '#lib/jobs/job-record.ts'
import { mayRun } from '#lib/maintenance/may-run.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { run } from '#schemas/system/run.ts'

/**
 * Stops a run after the segments it is at. What it has done stays until it is undone.
 * @throws CrmError not_found; validation_failed when it has ended.
 */
export async function cancelRun(ctx: Context, id: string): Promise<StoredRecord> {
  mayRun(ctx, 'update')
  return changeJob(ctx, { object: run, id }, record => {
    const state = stateOf(record)
    if (state === 'canceling' || state === 'canceled') return undefined
    return state === 'running' ? { state: 'canceling' } : wrongState(record, 'there is nothing to cancel.')
  })
}

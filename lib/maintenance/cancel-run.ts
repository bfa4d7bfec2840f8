import { stateOf, wrongState } from '#lib/cleanup/run-job.ts'
import { changeJob } from '#lib/jobs/job-record.ts'
import { executionName } from '#lib/maintenance/execution-name.ts'
import { mayRun } from '#lib/maintenance/may-run.ts'
import type { Context } from '#lib/runtime/context.ts'
import { startWorkflow } from '#lib/runtime/workflows.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { run } from '#schemas/system/run.ts'

/**
 * Stops a run after the segments it is at. What it has done stays until it is undone. One whose execution never started, or
 * died, is ended by another.
 * @throws CrmError not_found; validation_failed when it has ended; unavailable, when canceling again is safe.
 */
export async function cancelRun(ctx: Context, { workflow }: { workflow: string }, id: string): Promise<StoredRecord> {
  mayRun(ctx, 'update')
  const canceling = await changeJob(ctx, { object: run, id }, record => {
    const state = stateOf(record)
    if (record.fields['kind'] !== 'cleanup')
      return wrongState(record, 'only a cleanup can be canceled; this ends by itself.')
    if (state === 'canceling' || state === 'canceled') return undefined
    return state === 'running' ? { state: 'canceling' } : wrongState(record, 'there is nothing to cancel.')
  })
  if (stateOf(canceling) === 'canceling') await ensureEnd(workflow, canceling)
  return canceling
}

/** The run was started at the version before: under that name an execution that lives is found, and ends the run itself. */
async function ensureEnd(workflow: string, { id, version }: StoredRecord): Promise<void> {
  const start = (at: number) => startWorkflow(workflow, { name: executionName(id, at), input: { runId: id } })
  if ((await start(version - 1)).isTaken) await start(version)
}

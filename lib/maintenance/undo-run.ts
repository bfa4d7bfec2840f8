import { stateOf, wrongState } from '#lib/cleanup/run-job.ts'
import { changeJob } from '#lib/jobs/job-record.ts'
import { mayRun } from '#lib/maintenance/may-run.ts'
import type { Context } from '#lib/runtime/context.ts'
import { startWorkflow } from '#lib/runtime/workflows.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { run } from '#schemas/system/run.ts'

/**
 * Undoes a run in the background: its fixes, its merges and its tasks. What was purged does not come back.
 * @throws CrmError not_found; validation_failed while it runs, and when it wrote nothing or is undone already.
 */
export async function undoRun(ctx: Context, { workflow }: { workflow: string }, id: string): Promise<StoredRecord> {
  mayRun(ctx, 'update')
  const undoing = await changeJob(ctx, { object: run, id }, record => {
    const state = stateOf(record)
    if (state === 'undoing') return undefined
    if (record.fields['kind'] !== 'cleanup') return wrongState(record, 'only a cleanup changes what can be undone.')
    if (record.fields['dryRun'] === true) return wrongState(record, 'it was a dry run, which wrote nothing.')
    const hasRun = ['succeeded', 'failed', 'canceled'].includes(state)
    return hasRun ? { state: 'undoing' } : wrongState(record, 'only one that has run and ended can be undone.')
  })
  // The version tells one undoing from a later one after it failed; started twice, it runs once.
  if (stateOf(undoing) === 'undoing')
    await startWorkflow(workflow, { name: `undo-${id}-${undoing.version}`, input: { runId: id } })
  return undoing
}

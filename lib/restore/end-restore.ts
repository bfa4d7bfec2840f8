import { stateOf } from '#lib/cleanup/run-job.ts'
import { changeJob } from '#lib/jobs/job-record.ts'
import { plainJson } from '#lib/jobs/plain-json.ts'
import type { RestorePlan } from '#lib/restore/restore-files.ts'
import { sumUp } from '#lib/restore/sum-up.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { run } from '#schemas/system/run.ts'

/** Why a restore could not go on. */
export type RestoreFailure = { code: string; detail: string }

/** Ends a restore with the report of what it did; `failure` when it could not go on. Ending it again changes nothing. */
export async function endRestore(
  ctx: Context,
  { files, plan }: { files: Files; plan: RestorePlan },
  failure?: RestoreFailure,
): Promise<void> {
  const report = plainJson(await sumUp(files, plan))
  await changeJob(ctx, { object: run, id: plan.runId }, record => {
    const state = stateOf(record)
    if (state !== 'running' && state !== 'canceling') return undefined
    const endedAt = ctx.clock.now().toISOString()
    if (failure) return { state: 'failed', endedAt, report, failure }
    return { state: state === 'canceling' ? 'canceled' : 'succeeded', endedAt, report }
  })
}

import { endRun } from '#lib/maintenance/end-run.ts'
import type { RestorePlan } from '#lib/restore/restore-files.ts'
import { sumUp } from '#lib/restore/sum-up.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'

/** Why a restore could not go on. */
export type RestoreFailure = { code: string; detail: string }

/** Ends a restore with the report of what it did; `failure` when it could not go on. Ending it again changes nothing. */
export async function endRestore(
  ctx: Context,
  { files, plan }: { files: Files; plan: RestorePlan },
  failure?: RestoreFailure,
): Promise<void> {
  const report = await sumUp(files, plan)
  await endRun(ctx, plan.runId, { report, ...(failure && { failure }) })
}

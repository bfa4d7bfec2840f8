import { loadJob } from '#lib/jobs/load-job.ts'
import { plainJson } from '#lib/jobs/plain-json.ts'
import { planOnce } from '#lib/records/plan-once.ts'
import { writeRecord } from '#lib/records/write.ts'
import { applyPartition } from '#lib/restore/apply-partition.ts'
import type { RestorePlan } from '#lib/restore/restore-files.ts'
import { collectFiles, type RestoreTools, verifyFiles } from '#lib/restore/restore-steps.ts'
import { runFields } from '#lib/restore/run-fields.ts'
import { sumUp } from '#lib/restore/sum-up.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { run } from '#schemas/system/run.ts'

/**
 * Does all of a restore within a request, and keeps it as a run that has ended. Killed before its end it leaves no run; asked
 * again, what it restored is found unchanged.
 * @throws CrmError `backup_tampered` naming the file, before anything is written.
 */
export async function restoreNow(ctx: Context, tools: RestoreTools, plan: RestorePlan): Promise<StoredRecord> {
  const { idempotency: _own, ...rest } = ctx
  const work: Context = { ...rest, source: restoreSource(plan) }
  const step = { plan, next: 0, remainingMs: () => Number.POSITIVE_INFINITY }
  await verifyFiles(tools, step)
  await collectFiles(tools, step)
  for (let partition = 0; partition < plan.partitions; partition++)
    await applyPartition(work, { files: tools.files, plan }, partition)
  const report = plainJson(await sumUp(tools.files, plan))
  const endedAt = ctx.clock.now().toISOString()
  const fields = { ...runFields(plan), state: 'succeeded', endedAt, report }
  const { id } = await writeRecord(ctx, () => planOnce(ctx, run, { id: plan.runId, fields, at: plan.startedAt }), {})
  return loadJob(rest, run, id)
}

/** Whose work the changes of a restore are: stands in their history. */
export function restoreSource({ backupId }: Pick<RestorePlan, 'backupId'>): string {
  return `restore/${backupId}`
}

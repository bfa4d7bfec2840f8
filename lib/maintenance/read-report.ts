import { readPlan, runFiles } from '#lib/cleanup/run-files.ts'
import { loadRun, wrongState } from '#lib/cleanup/run-job.ts'
import { outOfReach } from '#lib/errors.ts'
import { mayRun } from '#lib/maintenance/may-run.ts'
import { seesWhole } from '#lib/permissions/rules.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'

/** 15 minutes to begin a download. */
const downloadS = 900

/**
 * Where the report of a run can be got, with every item.
 * @throws CrmError not_found, also for whom a record or field that it may quote is hidden; validation_failed while the run has not ended.
 */
export async function readReport(
  ctx: Context,
  files: Files,
  { id, format }: { id: string; format: 'json' | 'csv' },
): Promise<{ format: 'json' | 'csv'; url: string; expiresAt: string }> {
  mayRun(ctx, 'read')
  const record = await loadRun(ctx, id)
  if (record.fields['kind'] !== 'cleanup')
    return wrongState(record, 'what it came to is in its `report`; only a cleanup has a file.')
  const key = runFiles.report(id, format)
  if ((record.fields['report'] ?? null) === null || !(await files.head(key)))
    return wrongState(record, 'its report is there once it has ended.')
  const { lanes } = await readPlan(files, id)
  const isWhole = lanes.every(({ object }) => {
    const definition = ctx.objects.byName.get(object)
    return definition !== undefined && seesWhole(ctx.actor, definition)
  })
  if (!isWhole) throw outOfReach('maintenance report', 'read')
  const url = await files.presignDownload(key, { fileName: `cleanup-${id}.${format}`, expiresS: downloadS })
  return { format, url, expiresAt: new Date(ctx.clock.now().getTime() + downloadS * 1_000).toISOString() }
}

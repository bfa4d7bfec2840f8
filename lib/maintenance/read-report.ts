import { archiveFiles } from '#lib/archive/archive-files.ts'
import { readPlan, runFiles } from '#lib/cleanup/run-files.ts'
import { loadRun, wrongState } from '#lib/cleanup/run-job.ts'
import { outOfReach } from '#lib/errors.ts'
import { mayRun } from '#lib/maintenance/may-run.ts'
import { seesWhole } from '#lib/permissions/rules.ts'
import { readRestorePlan, restoreFiles } from '#lib/restore/restore-files.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

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
): Promise<{ format: 'json' | 'csv' | 'tar'; url: string; expiresAt: string }> {
  mayRun(ctx, 'read')
  const record = await loadRun(ctx, id)
  const kind = String(record.fields['kind'])
  const { key, form } = fileOf(record, format)
  if ((record.fields['report'] ?? null) === null || !(await files.head(key)))
    return wrongState(record, 'its report is there once it has ended.')
  const isWhole = (await objectsIn(ctx, files, { id, kind })).every(object => seesWhole(ctx.actor, object))
  if (!isWhole) throw outOfReach('maintenance report', 'read')
  const url = await files.presignDownload(key, { fileName: `${kind}-${id}.${form}`, expiresS: downloadS })
  return { format: form, url, expiresAt: new Date(ctx.clock.now().getTime() + downloadS * 1_000).toISOString() }
}

/** The file that a run leaves: a cleanup has two, a restore one in JSON, an archive is one. */
function fileOf(record: StoredRecord, format: 'json' | 'csv'): { key: string; form: 'json' | 'csv' | 'tar' } {
  const { id, fields } = record
  if (fields['kind'] === 'cleanup') return { key: runFiles.report(id, format), form: format }
  if (fields['kind'] === 'archive') return { key: archiveFiles.tar(id), form: 'tar' }
  if (fields['kind'] === 'restore' && format === 'json') return { key: restoreFiles.report(id), form: 'json' }
  const where = 'what it came to is in its `report`; a cleanup has a file, a restore one in JSON, an archive is one.'
  return wrongState(record, where)
}

/** Objects whose records the report may quote; a restore by ids may quote any that can be restored, an archive has all. */
async function objectsIn(
  ctx: Context,
  files: Files,
  { id, kind }: { id: string; kind: string },
): Promise<ObjectDefinition[]> {
  if (kind === 'archive') return ctx.objects.all.filter(({ readOnly }) => !readOnly)
  if (kind === 'restore') {
    const { wanted } = await readRestorePlan(files, id)
    return ctx.objects.all.filter(({ name, readOnly }) => ('object' in wanted ? name === wanted.object : !readOnly))
  }
  const { lanes } = await readPlan(files, id)
  return lanes.flatMap(({ object }) => ctx.objects.byName.get(object) ?? [])
}

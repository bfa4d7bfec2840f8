import { invalidAt } from '#lib/errors.ts'
import { createJob } from '#lib/jobs/job-record.ts'
import { loadJob } from '#lib/jobs/load-job.ts'
import { compileFilter } from '#lib/records/filter/compile-filter.ts'
import { reachableRule } from '#lib/records/load.ts'
import { checkSelection } from '#lib/records/selection.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { startWorkflow } from '#lib/runtime/workflows.ts'
import { viewExport } from '#lib/transfer/exports/view-export.ts'
import type { JsonObject } from '#schemas/json.ts'
import { exportJob } from '#schemas/system/export.ts'

/** Which records, which of their fields, written how. */
export type ExportRequest = {
  object: string
  filter?: string | undefined
  fields?: readonly string[] | undefined
  format: 'csv' | 'ndjson'
  encoding: string
}

/**
 * Starts an export in the background: the records that the actor may see, as it sees them.
 * @throws CrmError validation_failed, unknown_field, invalid_filter, not_found.
 */
export async function createExport(
  ctx: Context,
  { files, workflow }: { files: Files; workflow: string },
  request: ExportRequest,
): Promise<JsonObject> {
  const { object: name, filter, fields, format, encoding } = request
  const object = ctx.objects.byPlural.get(name) ?? ctx.objects.byName.get(name)
  if (!object) {
    const names = ctx.objects.all.map(({ plural }) => plural).join(', ')
    throw invalidAt('/object', 'unknown_object', `There is no object "${name}" to export; there are ${names}.`)
  }
  reachableRule(ctx, object, 'read')
  if (fields) checkSelection(object, fields)
  if (filter !== undefined) await compileFilter(ctx, object, filter)
  const day = ctx.clock.now().toISOString().slice(0, 10)
  const { id } = await createJob(ctx, exportJob, {
    fileName: `${object.plural}-${day}.${format}`,
    state: 'running',
    target: object.plural,
    format,
    encoding: format === 'csv' ? encoding : 'utf-8',
    startedAt: ctx.clock.now().toISOString(),
    ...(filter !== undefined && { filter }),
    ...(fields && { fields: [...fields] }),
  })
  await startWorkflow(workflow, { name: id, input: { exportId: id, actorId: ctx.actor.id, part: 0 } })
  return viewExport(ctx, files, await loadJob(ctx, exportJob, id))
}

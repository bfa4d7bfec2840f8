import { isDeepStrictEqual } from 'node:util'
import { invalidAt } from '#lib/errors.ts'
import { changeJob } from '#lib/jobs/job-record.ts'
import { loadJob } from '#lib/jobs/load-job.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { startWorkflow } from '#lib/runtime/workflows.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { type DuplicatePolicy, stateOf, wrongState } from '#lib/transfer/imports/import-job.ts'
import { checkMappedAccess, targetNamed } from '#lib/transfer/imports/import-target.ts'
import { type FileHints, readFormat } from '#lib/transfer/imports/inspect-import.ts'
import { proposedMapping } from '#lib/transfer/imports/proposed-mapping.ts'
import { viewImport } from '#lib/transfer/imports/view-import.ts'
import { checkMapping, type Mapping } from '#lib/transfer/mapping/propose-mapping.ts'
import type { JsonObject } from '#schemas/json.ts'
import { importJob } from '#schemas/system/import.ts'

/** How a file is to be imported. */
export type StartRequest = FileHints & {
  id: string
  object: string
  mapping?: Mapping | undefined
  onDuplicate: DuplicatePolicy
  dryRun: boolean
}

/**
 * Starts an import in the background. Started again with the same settings, it answers the one that runs or ran.
 * @throws CrmError not_found; validation_failed when the file cannot be read, the mapping leads nowhere, or it was started otherwise.
 */
export async function startImport(
  ctx: Context,
  { files, workflow }: { files: Files; workflow: string },
  request: StartRequest,
): Promise<JsonObject> {
  const job = await loadJob(ctx, importJob, request.id)
  const settings = await settingsOf(ctx, files, { job, request })
  const started = await changeJob(ctx, { object: importJob, id: job.id }, record => {
    if (isStartedSo(record, settings)) return undefined
    const isNew = ['awaitingUpload', 'ready'].includes(stateOf(record))
    if (!isNew) wrongState(record, 'make a new import to import the file again.')
    return { ...settings, state: 'running', startedAt: ctx.clock.now().toISOString() }
  })
  // By its id: of two starts, or one whose answer was lost, one execution comes.
  await startWorkflow(workflow, { name: job.id, input: { importId: job.id, actorId: ownerOf(started) } })
  return viewImport(files, started)
}

async function settingsOf(
  ctx: Context,
  files: Files,
  { job, request }: { job: StoredRecord; request: StartRequest },
): Promise<JsonObject> {
  const { onDuplicate, dryRun, system } = request
  const target = targetNamed(ctx, request.object)
  const { format, sample, fileTag } = await readFormat(files, job, request)
  if (sample.length === 0) throw invalidAt('/file', 'no_rows', 'The file has a header and no rows; add rows under it.')
  const mapping = request.mapping ?? proposedMapping(target, { header: format.header, sample, system }).mapping
  checkMapping(target, format.header, mapping)
  checkMappedAccess(ctx, target, mapping)
  return { target: target.plural, format, mapping, fileTag, onDuplicate, dryRun, ...(system && { system }) }
}

function isStartedSo({ fields }: StoredRecord, settings: JsonObject): boolean {
  const isStarted = fields['startedAt'] !== undefined
  return isStarted && Object.entries(settings).every(([name, value]) => isDeepStrictEqual(fields[name], value))
}

function ownerOf({ fields }: StoredRecord): string {
  return String(fields['ownerId'])
}

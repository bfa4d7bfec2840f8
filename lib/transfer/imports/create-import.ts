import { invalidAt } from '#lib/errors.ts'
import { createJob } from '#lib/jobs/job-record.ts'
import { loadJob } from '#lib/jobs/load-job.ts'
import type { Written } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { importFiles } from '#lib/transfer/imports/import-files.ts'
import { fileOf } from '#lib/transfer/imports/import-job.ts'
import { targetNamed } from '#lib/transfer/imports/import-target.ts'
import { viewImport } from '#lib/transfer/imports/view-import.ts'
import type { JsonObject } from '#schemas/json.ts'
import { importJob } from '#schemas/system/import.ts'

/** 1 hour to send the file. */
const uploadS = 3_600
const contentType = 'text/csv'

type Request = { fileName?: string | undefined; object?: string | undefined; fileOf?: string | undefined }

/**
 * Begins an import: its record, and an address for its file, or the file that an earlier import has read.
 * @throws CrmError `not_found` when the object does not exist or the actor may not create its records, or the earlier import
 * is not one of theirs; validation_failed when that has no file.
 */
export async function createImport(
  ctx: Context,
  files: Files,
  { fileName, object, fileOf: earlier }: Request,
): Promise<{ job: JsonObject; written: Written }> {
  const target = object === undefined ? undefined : targetNamed(ctx, object)
  const file = earlier === undefined ? undefined : await earlierFile(ctx, files, earlier)
  const written = await createJob(ctx, importJob, {
    fileName: fileName ?? file?.fileName ?? 'import.csv',
    state: file ? 'ready' : 'awaitingUpload',
    ...(file && { fileOf: file.id }),
    ...(target && { target: target.plural }),
  })
  const job = await viewImport(files, await loadJob(ctx, importJob, written.id))
  return { job: file ? job : { ...job, upload: await uploadTo(ctx, files, written.id) }, written }
}

/** The import that the file of an earlier one was sent for. */
async function earlierFile(ctx: Context, files: Files, id: string): Promise<{ id: string; fileName: string }> {
  const job = await loadJob(ctx, importJob, id)
  const sentFor = fileOf(job) ?? job.id
  if (!(await files.head(importFiles.upload({ id: sentFor }))))
    throw invalidAt(
      '/fileOf',
      'no_file',
      `Import ${id} has no file (any more); make an import and send the file to it.`,
    )
  return { id: sentFor, fileName: String(job.fields['fileName']) }
}

async function uploadTo(ctx: Context, files: Files, id: string): Promise<JsonObject> {
  const { url, headers } = await files.presignUpload(importFiles.upload({ id }), {
    contentType,
    expiresS: uploadS,
  })
  const expiresAt = new Date(ctx.clock.now().getTime() + uploadS * 1_000).toISOString()
  return { url, method: 'PUT', headers, expiresAt }
}

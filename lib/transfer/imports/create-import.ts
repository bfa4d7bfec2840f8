import type { Written } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { importFiles } from '#lib/transfer/imports/import-files.ts'
import { targetNamed } from '#lib/transfer/imports/import-target.ts'
import { viewImport } from '#lib/transfer/imports/view-import.ts'
import { createJob } from '#lib/transfer/jobs/job-record.ts'
import { loadJob } from '#lib/transfer/jobs/load-job.ts'
import type { JsonObject } from '#schemas/json.ts'
import { importJob } from '#schemas/system/import.ts'

/** 1 hour to send the file. */
const uploadS = 3_600
const contentType = 'text/csv'

/**
 * Begins an import: its record, and an address for its file.
 * @throws CrmError `not_found` when the object does not exist or the actor may not create its records.
 */
export async function createImport(
  ctx: Context,
  files: Files,
  { fileName = 'import.csv', object }: { fileName?: string | undefined; object?: string | undefined },
): Promise<{ job: JsonObject; written: Written }> {
  const target = object === undefined ? undefined : targetNamed(ctx, object)
  const fields = { fileName, state: 'awaitingUpload', ...(target && { target: target.plural }) }
  const written = await createJob(ctx, importJob, fields)
  const { url, headers } = await files.presignUpload(importFiles.upload(written.id), {
    contentType,
    expiresS: uploadS,
  })
  const expiresAt = new Date(ctx.clock.now().getTime() + uploadS * 1_000).toISOString()
  const job = await viewImport(files, await loadJob(ctx, importJob, written.id))
  return { job: { ...job, upload: { url, method: 'PUT', headers, expiresAt } }, written }
}

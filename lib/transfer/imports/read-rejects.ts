import { loadJob } from '#lib/jobs/load-job.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { importFiles } from '#lib/transfer/imports/import-files.ts'
import { stateOf, wrongState } from '#lib/transfer/imports/import-job.ts'
import { importJob } from '#schemas/system/import.ts'

/** The rejected rows: the file itself, or for a large one where it can be got. */
export type Rejects = { csv: string } | { url: string }

/** 4 MB: an answer of Lambda holds 6. */
const largestText = 4_000_000
/** 15 minutes to begin a download. */
const downloadS = 900

/**
 * The file of rejected rows, with row numbers and reasons.
 * @throws CrmError not_found; validation_failed while the import has not ended.
 */
export async function readRejects(ctx: Context, files: Files, id: string): Promise<Rejects> {
  const job = await loadJob(ctx, importJob, id)
  const key = importFiles.rejects(id)
  const file = job.fields['report'] === undefined ? undefined : await files.head(key)
  if (!file) {
    const advice = ['running', 'canceling'].includes(stateOf(job)) ? 'ask again when it has ended.' : 'it has none.'
    return wrongState(job, `the file of rejects is there once it has run; ${advice}`)
  }
  if (file.bytes <= largestText) return { csv: `\u{feff}${(await files.readText(key)).replace(/^\u{feff}/u, '')}` }
  return { url: await files.presignDownload(key, { fileName: `rejects-${id}.csv`, expiresS: downloadS }) }
}

import { changeJob } from '#lib/jobs/job-record.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { importFiles, readTallies } from '#lib/transfer/imports/import-files.ts'
import { type ImportProblem, reportImport } from '#lib/transfer/imports/report-import.ts'
import { importJob } from '#schemas/system/import.ts'

/**
 * Ends an import as failed, with the report of what it did. When it was the report that failed, with the counts alone: the
 * import must end, so that it can be undone.
 */
export async function failImport(
  ctx: Context,
  files: Files,
  { id, failure }: { id: string; failure: { name: string; message: string } },
): Promise<void> {
  const problem = (await toldBySegment(files, id, failure.name)) ?? {
    code: codes[failure.name] ?? 'internal',
    detail: failure.message,
  }
  try {
    await reportImport(ctx, files, { id, problem })
  } catch (error) {
    ctx.log.error('The report of a failed import could not be made', { id, error })
    const { tally } = await readTallies(files, id)
    await changeJob(ctx, { object: importJob, id }, ({ fields }) => ({
      state: 'failed',
      endedAt: ctx.clock.now().toISOString(),
      counts: { rows: fields['rows'] ?? 0, ...tally },
      problem,
    }))
  }
}

/** A distributed map fails with a name of its own; the segment that made it fail has kept why. */
async function toldBySegment(files: Files, id: string, name: string): Promise<ImportProblem | undefined> {
  if (name !== 'States.ExceedToleratedFailureThreshold') return undefined
  const key = importFiles.failure(id)
  return (await files.head(key)) ? JSON.parse(await files.readText(key)) : undefined
}

/** What a step's error means to whoever reads the import. */
const codes: Readonly<Record<string, string>> = { Refused: 'validation_failed', Unavailable: 'unavailable' }

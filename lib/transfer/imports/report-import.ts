import { changeJob } from '#lib/jobs/job-record.ts'
import { loadJob } from '#lib/jobs/load-job.ts'
import { plainJson } from '#lib/jobs/plain-json.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { encodeCsv } from '#lib/transfer/csv/write-csv.ts'
import { importFiles, readManifest } from '#lib/transfer/imports/import-files.ts'
import { type ImportState, type StartedImport, startedImport, stateOf } from '#lib/transfer/imports/import-job.ts'
import { rejectLines } from '#lib/transfer/imports/reject-lines.ts'
import { noSums, type Sums } from '#lib/transfer/imports/sums.ts'
import type { ImportReport } from '#schemas/api/jobs.ts'
import { importJob } from '#schemas/system/import.ts'

/** Why an import came to a bad end. */
export type ImportProblem = { code: string; detail: string }

/**
 * Adds up what the segments came to, writes the file of rejects, and ends the import. It reads all results anew each time,
 * so running it again gives the same.
 */
export async function reportImport(ctx: Context, files: Files, end: { id: string; problem?: ImportProblem }) {
  const { id, problem } = end
  const job = startedImport(ctx.objects, await loadJob(ctx, importJob, id))
  const { rows, segments } = await readManifest(files, id)
  const sums = noSums()
  const lines = rejectLines(files, job, { segments, sums })
  await files.write(importFiles.rejects(id), encodeCsv(lines, 'utf-8-bom'), { contentType: 'text/csv; charset=utf-8' })
  await changeJob(ctx, { object: importJob, id }, record => ({
    state: problem ? 'failed' : endState(stateOf(record)),
    endedAt: ctx.clock.now().toISOString(),
    rows,
    segments,
    counts: { rows, ...sums.tally },
    report: plainJson(reportOf(job, rows, sums)),
    ...(problem && { problem }),
  }))
}

/** An end stays the end: the step may run again. */
function endState(state: ImportState): ImportState {
  if (state === 'canceling') return 'canceled'
  return state === 'running' ? 'succeeded' : state
}

function reportOf({ mapping }: StartedImport, rows: number, sums: Sums): ImportReport {
  const { tally, filled, reasons } = sums
  const accepted = tally.created + tally.updated
  const done = accepted + tally.skipped + tally.rejected
  const fields = new Set(Object.values(mapping).flatMap(path => path.split('.')[0] || []))
  const share = (name: string) => Math.round(((filled[name] ?? 0) / Math.max(1, accepted)) * 1000) / 1000
  return {
    check: { rows, accountedFor: done, notReached: rows - done, holds: sums.rows === done && done <= rows },
    completeness: Object.fromEntries([...fields].map(name => [name, share(name)])),
    invalidEmails: reasons['invalid_email'] ?? 0,
    invalidPhones: sums.invalidPhones + (reasons['invalid_phone'] ?? 0),
    duplicates: sums.duplicates,
    reasons,
    firstRejects: sums.firstRejects,
  }
}

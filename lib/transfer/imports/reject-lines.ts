import type { Files } from '#lib/runtime/files.ts'
import { csvLine } from '#lib/transfer/csv/write-csv.ts'
import { type RowReason, readResult, readSegment } from '#lib/transfer/imports/import-files.ts'
import type { StartedImport } from '#lib/transfer/imports/import-job.ts'
import { addUp, type Sums } from '#lib/transfer/imports/sums.ts'

/**
 * The rejected rows as lines of CSV: number of the row and line in the file, why, and the cells as they were. Adds up the
 * segments on the way, one of them held at a time.
 */
export async function* rejectLines(
  files: Files,
  { id, format }: Pick<StartedImport, 'id' | 'format'>,
  { segments, sums }: { segments: number; sums: Sums },
): AsyncGenerator<string> {
  yield csvLine(['row', 'line', 'reasons', ...format.header])
  for (let segment = 0; segment < segments; segment++) {
    const result = await readResult(files, { id, segment })
    if (!result) continue
    addUp(sums, result)
    const rejected = new Map(result.outcomes.flatMap(each => (each.outcome === 'rejected' ? [[each.row, each]] : [])))
    if (rejected.size === 0) continue
    for (const { row, line, cells } of await readSegment(files, { id, segment })) {
      const outcome = rejected.get(row)
      if (outcome) yield csvLine([String(row), String(line), (outcome.reasons ?? []).map(said).join(' '), ...cells])
    }
  }
}

function said({ column, detail }: RowReason): string {
  return column === undefined ? detail : `${column}: ${detail}`
}

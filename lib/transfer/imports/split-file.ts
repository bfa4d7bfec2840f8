import { type CrmError, invalidAt } from '#lib/errors.ts'
import type { Files } from '#lib/runtime/files.ts'
import { type CsvRow, readCsv } from '#lib/transfer/csv/read-csv.ts'
import { importFiles, type Manifest } from '#lib/transfer/imports/import-files.ts'
import type { StartedImport } from '#lib/transfer/imports/import-job.ts'

/** 500 rows are written in seconds: that is how soon a cancel is heard, and what is done again after a kill. */
const segmentRows = 500
/** 4,000,000 characters: rows with long texts make shorter segments, so that one always fits into memory. */
const segmentText = 4_000_000

/**
 * Splits the file into segments of rows, reading it once from end to end; a segment is all that is held of it. Splitting
 * again gives the same.
 * @throws CrmError `validation_failed` when the file was replaced since the import was started, or holds no rows.
 */
export async function splitFile(files: Files, job: StartedImport): Promise<Manifest> {
  const key = importFiles.upload(job)
  const file = await files.head(key)
  if (file?.etag !== job.fileTag) throw replaced()
  const manifest: Manifest = { rows: 0, segments: 0 }
  let lines: string[] = []
  let text = 0
  const close = async () => {
    if (lines.length === 0) return
    await files.write(importFiles.segment(job.id, manifest.segments), lines.join(''))
    manifest.segments += 1
    lines = []
    text = 0
  }
  for await (const row of readCsv(files.read(key), job.format)) {
    const line = `${JSON.stringify(row satisfies CsvRow)}\n`
    manifest.rows += 1
    lines.push(line)
    text += line.length
    if (lines.length === segmentRows || text >= segmentText) await close()
  }
  await close()
  if (manifest.rows === 0) throw invalidAt('/file', 'no_rows', 'The file has a header and no rows; add rows under it.')
  await files.write(importFiles.manifest(job.id), JSON.stringify(manifest))
  return manifest
}

function replaced(): CrmError {
  return invalidAt('/file', 'file_replaced', 'The file was replaced after the import was started; start a new import.')
}

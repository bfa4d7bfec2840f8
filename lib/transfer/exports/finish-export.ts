import { changeJob } from '#lib/jobs/job-record.ts'
import { loadJob } from '#lib/jobs/load-job.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { csvLine, encodeCsv } from '#lib/transfer/csv/write-csv.ts'
import { exportColumns, noteParts, type UsedParts } from '#lib/transfer/exports/export-columns.ts'
import { exportFiles } from '#lib/transfer/exports/export-files.ts'
import { type ExportJob, exportJobOf } from '#lib/transfer/exports/export-job.ts'
import { readLatest, readParts } from '#lib/transfer/exports/read-parts.ts'
import type { JsonObject } from '#schemas/json.ts'
import { exportJob } from '#schemas/system/export.ts'

type Counter = { rows: number }

/** Joins the parts of an export to its file, every record once, and ends it. Reading and writing are streamed. */
export async function finishExport(ctx: Context, files: Files, id: string): Promise<void> {
  const job = exportJobOf(ctx.objects, await loadJob(ctx, exportJob, id))
  const used: UsedParts = new Map()
  const latest = await readLatest(files, job, record => noteParts(job.object, record, used))
  const counter: Counter = { rows: 0 }
  const records = counted(readParts(files, job, latest), counter)
  const isCsv = job.format === 'csv'
  const body = isCsv ? encodeCsv(csvLines(job, used, records), job.encoding) : jsonLines(job, records)
  const contentType = isCsv ? `text/csv; charset=${job.encoding.replace('-bom', '')}` : 'application/x-ndjson'
  await files.write(exportFiles.file(id), body, { contentType })
  await changeJob(ctx, { object: exportJob, id }, () => ({
    state: 'succeeded',
    counts: { rows: counter.rows },
    endedAt: ctx.clock.now().toISOString(),
  }))
}

async function* csvLines(job: ExportJob, used: UsedParts, records: AsyncIterable<JsonObject>): AsyncGenerator<string> {
  const columns = exportColumns(job.object, job.fields, used)
  yield csvLine(columns.map(({ header }) => header))
  for await (const record of records) yield csvLine(columns.map(({ cell }) => cell(record)))
}

async function* jsonLines({ fields }: ExportJob, records: AsyncIterable<JsonObject>): AsyncGenerator<string> {
  const names = fields && new Set(['id', 'object', 'version', ...fields])
  for await (const record of records) {
    const shown = names ? Object.entries(record).filter(([name]) => names.has(name)) : Object.entries(record)
    yield `${JSON.stringify(Object.fromEntries(shown))}\n`
  }
}

async function* counted(records: AsyncIterable<JsonObject>, counter: Counter): AsyncGenerator<JsonObject> {
  for await (const record of records) {
    counter.rows += 1
    yield record
  }
}

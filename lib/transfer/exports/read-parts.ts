import type { Files } from '#lib/runtime/files.ts'
import { exportFiles } from '#lib/transfer/exports/export-files.ts'
import type { ExportJob } from '#lib/transfer/exports/export-job.ts'
import { readLines } from '#lib/transfer/exports/read-lines.ts'
import type { JsonObject } from '#schemas/json.ts'

/** Records that changed while the export ran, with the version that was read last: earlier lines of theirs are old. */
export type Latest = ReadonlyMap<string, number>

/** Finds what came twice, and shows every record to `see` on the way. */
export async function readLatest(files: Files, job: ExportJob, see: (record: JsonObject) => void): Promise<Latest> {
  const latest = new Map<string, number>()
  for await (const record of recordsIn(files, job.id)) {
    see(record)
    if (String(record['updatedAt']) >= job.createdAt) latest.set(String(record['id']), Number(record['version']))
  }
  return latest
}

/** Every record once, as it was read last. */
export async function* readParts(files: Files, job: ExportJob, latest: Latest): AsyncGenerator<JsonObject> {
  for await (const record of recordsIn(files, job.id)) {
    const version = latest.get(String(record['id']))
    if (version === undefined || version === record['version']) yield record
  }
}

async function* recordsIn(files: Files, id: string): AsyncGenerator<JsonObject> {
  for await (const { key } of files.list(exportFiles.parts(id)))
    for await (const line of readLines(files.read(key))) yield JSON.parse(line)
}

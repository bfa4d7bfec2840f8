import type { Files } from '#lib/runtime/files.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readTallies, type Tally } from '#lib/transfer/imports/import-files.ts'
import { stateOf } from '#lib/transfer/imports/import-job.ts'
import { isJsonObject, type Json, type JsonObject } from '#schemas/json.ts'

const shown = ['fileName', 'target', 'onDuplicate', 'dryRun', 'startedAt', 'endedAt', 'format', 'mapping', 'report']

/** An import as the API shows it: while it runs, counts and progress are those of the segments done so far. */
export async function viewImport(files: Files, job: StoredRecord): Promise<JsonObject> {
  const { id, version, createdAt, fields } = job
  const state = stateOf(job)
  const known = [...shown, 'problem', 'undo'].flatMap((name): [string, Json][] =>
    fields[name] === undefined ? [] : [[name, fields[name]]],
  )
  return {
    id,
    object: 'import',
    version,
    state,
    ...Object.fromEntries(known),
    ...(await progressOf(files, job)),
    ownerId: fields['ownerId'] ?? '',
    createdAt,
  }
}

async function progressOf(files: Files, job: StoredRecord): Promise<{ counts: JsonObject; progress: number }> {
  const { counts, rows = 0, segments } = job.fields
  if (isJsonObject(counts)) return { counts, progress: 1 }
  if (segments === undefined) return { counts: { rows, ...none }, progress: 0 }
  const { done, tally } = await readTallies(files, job.id)
  const progress = Math.round((done / Math.max(1, Number(segments))) * 1000) / 1000
  return { counts: { rows, ...tally }, progress: Math.min(1, progress) }
}

const none: Tally = { created: 0, updated: 0, skipped: 0, rejected: 0 }

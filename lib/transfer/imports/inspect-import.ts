import { loadJob } from '#lib/jobs/load-job.ts'
import { plainJson } from '#lib/jobs/plain-json.ts'
import { compileObject } from '#lib/records/compile.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { type CsvFormat, type CsvRow, inspectCsv } from '#lib/transfer/csv/read-csv.ts'
import { importFiles } from '#lib/transfer/imports/import-files.ts'
import { fileOf, type StartedImport, stateOf, wrongState } from '#lib/transfer/imports/import-job.ts'
import { targetNamed } from '#lib/transfer/imports/import-target.ts'
import { prepareRow } from '#lib/transfer/imports/prepare-row.ts'
import { proposedMapping } from '#lib/transfer/imports/proposed-mapping.ts'
import { openReferences } from '#lib/transfer/imports/resolve-references.ts'
import type { RowProblem } from '#schemas/api/jobs.ts'
import type { JsonObject } from '#schemas/json.ts'
import { importJob } from '#schemas/system/import.ts'

/** What a client knows of a file. */
export type FileHints = { encoding?: string | undefined; delimiter?: string | undefined; system?: string | undefined }

/** 10 rows show what a file is like; 100 are looked at for problems. */
const shownRows = 10
const checkedRows = 100

/**
 * Looks at the beginning of an import's file: how it is written, where its columns belong, what is wrong with its first rows.
 * @throws CrmError not_found; validation_failed when there is no file yet, or it cannot be read.
 */
export async function inspectImport(
  ctx: Context,
  files: Files,
  request: FileHints & { id: string; object?: string | undefined },
): Promise<JsonObject> {
  const job = await loadJob(ctx, importJob, request.id)
  const { format, sample } = await readFormat(files, job, request)
  const name = request.object ?? job.fields['target']
  const look = { id: job.id, format, sample: sample.slice(0, shownRows).map(({ row, cells }) => ({ row, cells })) }
  if (typeof name !== 'string')
    return plainJson({ ...look, unmapped: format.header, confidence: {}, problems: rowProblems(sample) })
  const target = targetNamed(ctx, name)
  const { mapping, preset, unmapped, confidence } = proposedMapping(target, {
    header: format.header,
    sample,
    system: request.system,
  })
  const trial = { ...trialOf(job), target, format, mapping, system: request.system }
  const problems = await sampleProblems(ctx, trial, sample.slice(0, checkedRows))
  return plainJson({ ...look, target: target.plural, mapping, preset, unmapped, confidence, problems })
}

/**
 * How the file of an import is written.
 * @throws CrmError `validation_failed` when it was not uploaded yet, or cannot be read at all.
 */
export async function readFormat(
  files: Files,
  job: StoredRecord,
  { encoding, delimiter }: FileHints,
): Promise<{ format: CsvFormat; sample: CsvRow[]; fileTag: string }> {
  const key = importFiles.upload({ id: job.id, fileOf: fileOf(job) })
  const file = await files.head(key)
  if (!file) return wrongState(job, 'send its file to the upload address first.')
  const hints = { ...(encoding && { encoding }), ...(delimiter && { delimiter }) }
  const { format, sample } = await inspectCsv(files.read(key), hints)
  return { format, sample, fileTag: file.etag }
}

function trialOf(job: StoredRecord): Omit<StartedImport, 'target' | 'format' | 'mapping' | 'system'> {
  const startedAt = new Date(job.createdAt)
  return { id: job.id, state: stateOf(job), startedAt, onDuplicate: 'create', isDryRun: true, fileTag: '' }
}

async function sampleProblems(ctx: Context, job: StartedImport, sample: readonly CsvRow[]): Promise<RowProblem[]> {
  const object = compileObject(job.target, ctx.tenant)
  const rows = { ctx, job, object, references: openReferences(ctx, object, job.system) }
  const prepared = await Promise.all(sample.map(row => prepareRow(rows, row)))
  return prepared.flatMap(({ row, reasons }) => reasons.map(reason => ({ row, ...reason })))
}

function rowProblems(sample: readonly CsvRow[]): RowProblem[] {
  return sample.flatMap(({ problem }) =>
    problem ? [{ row: problem.row, code: problem.code, detail: problem.detail }] : [],
  )
}

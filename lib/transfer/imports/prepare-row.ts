import { type CrmError, type FieldProblem, isRefusal } from '#lib/errors.ts'
import type { CompiledObject } from '#lib/records/compile.ts'
import { parseInput } from '#lib/records/input.ts'
import { planCreate } from '#lib/records/operations/create-record.ts'
import type { Plan } from '#lib/records/plan.ts'
import type { Context } from '#lib/runtime/context.ts'
import { derivedId } from '#lib/runtime/ids.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { CsvProblem, CsvRow } from '#lib/transfer/csv/read-csv.ts'
import type { RowReason } from '#lib/transfer/imports/import-files.ts'
import type { StartedImport } from '#lib/transfer/imports/import-job.ts'
import type { References } from '#lib/transfer/imports/resolve-references.ts'
import { convertRow } from '#lib/transfer/mapping/convert-row.ts'
import type { JsonObject } from '#schemas/json.ts'

/** A row worked out as far as it goes by itself. */
export type PreparedRow = {
  row: number
  /** The id that its record has, or would have. */
  id: string
  input: JsonObject
  /** Its record, unless that has no `create`: enough to look for the one that exists. */
  state: StoredRecord | undefined
  /** The new record; absent when the row cannot become one. */
  create: Plan | undefined
  /** Why not. */
  reasons: RowReason[]
}

/** What rows are worked out with. */
export type RowContext = { ctx: Context; job: StartedImport; object: CompiledObject; references: References }

/** The id of the record that a row makes: the same whenever the import is run again, so nothing is made twice. */
export function rowId(job: Pick<StartedImport, 'id' | 'startedAt' | 'target'>, row: number): string {
  return derivedId(job.target.prefix, { at: job.startedAt, seed: `${job.id}/${row}` })
}

/** What the change that a row makes carries as its request id. */
export function requestIdOf(job: Pick<StartedImport, 'id'>, row: number): string {
  return `${job.id}/${row}`
}

/** Turns a row's cells into a new record, or says what is wrong with them, all at once. */
export async function prepareRow(rows: RowContext, row: CsvRow): Promise<PreparedRow> {
  const { ctx, job } = rows
  const blank = { row: row.row, id: rowId(job, row.row), input: {}, state: undefined, create: undefined }
  if (row.problem) return { ...blank, reasons: [cellReason(job, row.problem)] }
  const { input: texts, problems } = convertRow(job.target, job.mapping, job.format.header, row, ctx.tenant)
  const { input, reasons } = await rows.references.resolve(texts)
  const wrong = [...problems.map(problem => cellReason(job, problem)), ...reasons.map(each => withColumn(job, each))]
  if (wrong.length > 0) return { ...blank, reasons: wrong }
  return planRow(rows, { ...blank, input, reasons: [] })
}

/** Why a record was refused, by the columns its values come from. */
export function refusalReasons(job: StartedImport, error: CrmError): RowReason[] {
  const { errors, code, message } = error
  if (errors.length === 0) return [{ code, detail: message }]
  return errors.map(problem => withColumn(job, fieldReason(problem)))
}

async function planRow({ ctx, job, object }: RowContext, row: PreparedRow): Promise<PreparedRow> {
  try {
    const ids = { next: () => row.id }
    const plan = await planCreate({ ...ctx, ids }, { object: job.target, input: row.input })
    return { ...row, create: { ...plan, requestId: requestIdOf(job, row.row) }, state: plan.after }
  } catch (error) {
    if (!isRefusal(error)) throw error
    const reasons = refusalReasons(job, error)
    // A row without all that a new record needs may still be about a record that exists.
    const isIncomplete = error.errors.length > 0 && error.errors.every(({ code }) => code === 'required')
    const state = isIncomplete && job.onDuplicate !== 'create' ? await partialState(ctx, object, row) : undefined
    return { ...row, state, reasons }
  }
}

async function partialState(ctx: Context, object: CompiledObject, { id, input }: PreparedRow): Promise<StoredRecord> {
  const { set } = await parseInput(object, input)
  const at = ctx.clock.now().toISOString()
  const by = ctx.actor.id
  const made = { createdAt: at, createdBy: by, updatedAt: at, updatedBy: by }
  return { id, object: object.definition.name, version: 1, fields: set, ...made }
}

function cellReason({ format, mapping }: StartedImport, { column, code, detail }: CsvProblem): RowReason {
  const header = column === undefined ? undefined : format.header[column - 1]
  const field = header === undefined ? undefined : mapping[header]?.split('.')[0]
  return { ...(header !== undefined && { column: header }), ...(field && { field }), code, detail }
}

function fieldReason({ pointer, code, detail }: FieldProblem): RowReason {
  const field = pointer.split('/')[1]
  return { ...(field && { field }), code, detail }
}

function withColumn({ mapping }: StartedImport, reason: RowReason): RowReason {
  const columns = Object.entries(mapping).flatMap(([header, path]) =>
    path.split('.')[0] === reason.field ? [header] : [],
  )
  return columns.length === 0 ? reason : { column: columns.join(' / '), ...reason }
}

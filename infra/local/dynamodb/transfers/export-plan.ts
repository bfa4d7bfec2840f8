import { DynamoDbError } from '../client.ts'
import type { ExportJob } from './export-job.ts'
import type { ExportRequest } from './export-request.ts'
import { type Moment, type Moments, recoverableMs } from './moments.ts'
import type { StoredTable } from './stored-table.ts'

/** What of the stream an export needs, and how it is described. */
export type ExportPlan = {
  source: ExportJob['source']
  described: Record<string, unknown>
  summary: Record<string, unknown>
}

type Known = { moments: Moments; table: StoredTable }

/** Settles which state, or which window of changes, an export is of. Throws InvalidExportTimeException for one that cannot be known. */
export function planExport(
  { ExportType, ExportTime, IncrementalExportSpecification }: ExportRequest,
  known: Known,
): ExportPlan {
  if (ExportType === 'FULL_EXPORT') {
    if (IncrementalExportSpecification !== undefined)
      throw invalid('IncrementalExportSpecification goes with ExportType INCREMENTAL_EXPORT only')
    return planFull(momentOf('ExportTime', ExportTime, known))
  }
  if (IncrementalExportSpecification === undefined || ExportTime !== undefined)
    throw invalid('INCREMENTAL_EXPORT takes an IncrementalExportSpecification, and no ExportTime')
  return planIncremental(IncrementalExportSpecification, known)
}

function planFull({ atMs, position }: Moment): ExportPlan {
  const at = iso(atMs)
  return {
    source: { position },
    described: { ExportType: 'FULL_EXPORT', ExportTime: at },
    summary: { version: '2020-06-30', exportTime: at },
  }
}

/** AWS wants a window of 15 minutes to 24 hours; here any that the stream still has is taken (docs/decisions/0017). */
function planIncremental(
  wanted: NonNullable<ExportRequest['IncrementalExportSpecification']>,
  known: Known,
): ExportPlan {
  const { ExportFromTime, ExportToTime, ExportViewType } = wanted
  const from = momentOf('ExportFromTime', ExportFromTime, known)
  const to = momentOf('ExportToTime', ExportToTime, known)
  if (to.atMs < from.atMs) throw invalid(`ExportToTime ${iso(to.atMs)} is before ExportFromTime ${iso(from.atMs)}`)
  const times = { ExportFromTime: iso(from.atMs), ExportToTime: iso(to.atMs), ExportViewType }
  const isNewOnly = ExportViewType === 'NEW_IMAGE'
  return {
    source: { window: { after: from.position, upTo: to.position, isNewOnly } },
    described: { ExportType: 'INCREMENTAL_EXPORT', IncrementalExportSpecification: times },
    summary: {
      version: '2023-08-01',
      exportFromTime: times.ExportFromTime,
      exportToTime: times.ExportToTime,
      outputView: ExportViewType,
      exportType: 'INCREMENTAL_EXPORT',
    },
  }
}

function momentOf(field: string, timeMs: number | undefined, { moments, table }: Known): Moment {
  if (timeMs === undefined) return moments.now()
  if (timeMs > Date.now()) throw outside(field, timeMs, 'it is in the future')
  if (timeMs < table.createdAtMs) throw outside(field, timeMs, `the table began at ${iso(table.createdAtMs)}`)
  const moment = moments.at(timeMs)
  if (moment !== undefined) return moment
  throw outside(
    field,
    timeMs,
    `changes are kept for ${Math.round(recoverableMs / 3_600_000)} hours, and since this data folder was first started`,
  )
}

function outside(field: string, timeMs: number, why: string): DynamoDbError {
  const message = `${field} ${iso(timeMs)} is outside of the point in time recovery window: ${why}.`
  return new DynamoDbError('InvalidExportTimeException', 400, message)
}

function invalid(message: string): DynamoDbError {
  return new DynamoDbError('ValidationException', 400, `${message}.`)
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString()
}

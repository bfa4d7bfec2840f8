import { invalidAt, notFound } from '#lib/errors.ts'
import { openQuality } from '#lib/quality/open-quality.ts'
import { utcTime } from '#lib/records/fields/date-time.ts'
import { loadRecord, refuseMerged } from '#lib/records/load.ts'
import { recordAtTime } from '#lib/records/rewind.ts'
import { checkSelection } from '#lib/records/selection.ts'
import { type RecordView, viewRecord } from '#lib/records/view.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** One record, now or as it was at `asOf` (RFC 3339); `fields` selects what is shown. */
export type GetRequest = {
  object: ObjectDefinition
  id: string
  asOf?: string | undefined
  fields?: readonly string[] | undefined
}

/**
 * Reads a record, strongly consistent.
 * @throws CrmError not_found; record_merged when it had been absorbed by then; unknown_field for a field that the object does not have.
 */
export async function getRecord(ctx: Context, request: GetRequest): Promise<{ record: RecordView; version: number }> {
  const { object, id, fields } = request
  if (fields) checkSelection(object, fields)
  const at = request.asOf === undefined ? undefined : parseTime(request.asOf)
  const wanted = { object, id, verb: 'read', withDeleted: at !== undefined, followMerged: at === undefined } as const
  const [now] = await Promise.all([loadRecord(ctx, wanted), openQuality(object, fields)])
  const record = at === undefined ? now : await recordAtTime(ctx.store, now, at)
  if (record?.mergedInto !== undefined) await refuseMerged(ctx, wanted, record)
  if (!record || record.deletedAt !== undefined) throw notFound(object.name, id)
  return { record: viewRecord(ctx, object, record, fields), version: record.version }
}

function parseTime(text: string): string {
  const time = utcTime(text)
  if (time !== undefined) return time
  const detail = 'asOf must be an RFC 3339 time such as 2026-03-31T09:00:00Z; write + as %2B.'
  throw invalidAt('?asOf', 'invalid_time', detail)
}

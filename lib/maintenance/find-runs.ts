import { mayRun } from '#lib/maintenance/may-run.ts'
import { nextRuns } from '#lib/maintenance/next-runs.ts'
import { viewRun } from '#lib/maintenance/view-run.ts'
import { findRecords } from '#lib/records/operations/find-records.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readRecords } from '#lib/store/read.ts'
import type { JsonObject } from '#schemas/json.ts'
import { run } from '#schemas/system/run.ts'

/**
 * A page of runs, the latest change first.
 * @throws CrmError not_found, invalid_cursor.
 */
export async function findRuns(
  ctx: Context,
  query: { limit: number; cursor?: string | undefined },
): Promise<{ items: JsonObject[]; nextCursor?: string; schedules?: JsonObject[] }> {
  mayRun(ctx, 'read')
  const { items, ...next } = await findRecords(ctx, { object: run, query: { ...query, fields: ['kind'] } })
  const ids = items.map(({ id }) => String(id))
  const records = await readRecords(ctx.store, ids)
  const page = { items: ids.flatMap(id => records.get(id) ?? []).map(viewRun), ...next }
  return query.cursor === undefined ? { ...page, schedules: nextRuns(ctx) } : page
}

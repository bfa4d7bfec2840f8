import { invalidCursor } from '#lib/errors.ts'
import { viewReport } from '#lib/quality-report/view-report.ts'
import type { Context } from '#lib/runtime/context.ts'
import { decodeCursor, encodeCursor } from '#lib/store/cursor.ts'
import { ownerPartition } from '#lib/store/keys.ts'
import { readMerged } from '#lib/store/merge.ts'
import { toRecord } from '#lib/store/read.ts'
import type { ReportSummary } from '#schemas/api/quality.ts'
import { qualityReport } from '#schemas/system/quality-report.ts'

/**
 * The actor's own weekly reports, newest first.
 * @throws CrmError `invalid_cursor`.
 */
export async function findReports(
  ctx: Context,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ items: ReportSummary[]; nextCursor?: string }> {
  const identity = [ctx.actor.id, 'quality-reports']
  const page = {
    partitions: [{ index: 'byOwner', pk: ownerPartition(ctx.actor.id, qualityReport.name) }] as const,
    descending: true,
    after: cursor === undefined ? undefined : positionIn(identity, cursor),
    limit,
    scanLimit: limit,
    batch: limit + 1,
  }
  const { kept, next } = await readMerged(ctx.store, page, ({ item }) => viewReport(toRecord(item)))
  return { items: kept, ...(next !== undefined && { nextCursor: encodeCursor(identity, { s: next }) }) }
}

function positionIn(identity: unknown, cursor: string): string {
  const position = decodeCursor(identity, cursor)['s']
  if (position === undefined) throw invalidCursor()
  return position
}

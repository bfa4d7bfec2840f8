import { type AuditAccuracy, accuracyOf } from '#lib/audit/accuracy.ts'
import { auditOf, readItems } from '#lib/audit/audit-record.ts'
import { auditPartitions } from '#lib/audit/find-audits.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readMerged } from '#lib/store/merge.ts'
import { toRecord } from '#lib/store/read.ts'

/** What people found in one month; with `teamId` only in that team's records. */
export type MonthlyAccuracy = { month: string; auditId: string; teamId?: string; accuracy: AuditAccuracy }

/**
 * What audits by people found in some months (`YYYY-MM`, both ends included), in the order of the months. Says all there is:
 * who may see whose results is for the caller to decide.
 */
export async function readAuditAccuracy(
  ctx: Pick<Context, 'store' | 'tenant'>,
  { from, to }: { from: string; to: string },
): Promise<MonthlyAccuracy[]> {
  const found: MonthlyAccuracy[] = []
  for (let after: string | undefined; ; ) {
    const page = await readMerged(
      ctx.store,
      { partitions: auditPartitions(ctx), descending: true, after, limit: 200, scanLimit: 200, batch: 200 },
      ({ item }) => toRecord(item),
    )
    for (const record of page.kept) if (isWithin(record, from, to)) found.push(await monthOf(ctx, record))
    after = page.next
    if (after === undefined)
      return found.toSorted((a, b) => (`${a.month}${a.auditId}` < `${b.month}${b.auditId}` ? -1 : 1))
  }
}

function isWithin(record: StoredRecord, from: string, to: string): boolean {
  const { month } = auditOf(record)
  return month >= from && month <= to
}

async function monthOf(ctx: Pick<Context, 'store'>, record: StoredRecord): Promise<MonthlyAccuracy> {
  const { id, month, teamId } = auditOf(record)
  return { month, auditId: id, ...(teamId !== undefined && { teamId }), accuracy: accuracyOf(await readItems(ctx, id)) }
}

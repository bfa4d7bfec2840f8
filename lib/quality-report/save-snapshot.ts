import { plainJson } from '#lib/jobs/plain-json.ts'
import { detailId, pointId } from '#lib/quality-report/snapshot-ids.ts'
import { type SnapshotPart, snapshotParts, tenantPart } from '#lib/quality-report/snapshot-parts.ts'
import type { QualitySummary } from '#lib/quality-report/summary.ts'
import { planFirst, planOnce } from '#lib/records/plan-once.ts'
import { writeRecord } from '#lib/records/write.ts'
import { writeMany } from '#lib/records/write-many.ts'
import type { Context } from '#lib/runtime/context.ts'
import { policyOf } from '#lib/settings/policy.ts'
import { readRecords } from '#lib/store/read.ts'
import { qualitySnapshot } from '#schemas/system/quality-snapshot.ts'

/** What a run found. `at` (RFC 3339): the time it stands for, by which trends order it. */
export type Snapshot = { runId: string; at: string; summary: QualitySummary }

/**
 * Keeps what a run found: for each owner and team and for the tenant its sums, and what they are made of. Again for the same
 * run it keeps what is there, and adds what is missing; the tenant's sums come last, so a snapshot that has them is whole.
 */
export async function saveSnapshot(ctx: Context, { runId, at, summary }: Snapshot): Promise<void> {
  const takenAt = new Date(at).toISOString()
  const parts = snapshotParts(summary)
  const records = parts.flatMap(part => recordsOf(part, { runId, takenAt, threshold: policyOf(ctx).quality.threshold }))
  const [last] = records.splice(
    records.findIndex(({ id }) => id === pointId(runId, tenantPart)),
    1,
  )
  const known = await readRecords(
    ctx.store,
    records.map(({ id }) => id),
  )
  const missing = records.filter(({ id }) => !known.has(id))
  const outcomes = await writeMany(
    ctx,
    missing.map(record => ({
      plan: planFirst(ctx, qualitySnapshot, record),
      replan: () => planOnce(ctx, qualitySnapshot, record),
    })),
  )
  for (const outcome of outcomes) if ('error' in outcome) throw outcome.error
  if (last) await writeRecord(ctx, () => planOnce(ctx, qualitySnapshot, last), {})
}

/** The sums, listed under whose they are; and, found by its id alone, what they are made of. */
function recordsOf(
  { part, owners, objects }: SnapshotPart,
  run: { runId: string; takenAt: string; threshold: number },
) {
  const totals = Object.entries(objects).map(([object, { total }]) => [object, { total, sources: {}, months: {} }])
  const point = { ...run, ownerId: part, objects: plainJson(Object.fromEntries(totals)) }
  const detail = { ...run, objects: plainJson(objects), owners }
  return [
    { id: detailId(run.runId, part), fields: detail, at: run.takenAt },
    { id: pointId(run.runId, part), fields: point, at: run.takenAt },
  ]
}

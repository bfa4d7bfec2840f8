import { ownersCounted } from '#lib/quality-report/owners-counted.ts'
import { readLatest } from '#lib/quality-report/read-snapshots.ts'
import { reportRecipients } from '#lib/quality-report/report-recipients.ts'
import { tenantPart } from '#lib/quality-report/snapshot-parts.ts'
import { writeReport } from '#lib/quality-report/write-report.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'
import { policyOf } from '#lib/settings/policy.ts'

/** What came of sending: reports written or there already, and why none was. */
export type Sent = { reports: number; skipped?: 'switchedOff' | 'noFigures' }

/** 4 at a time: each waits for files and records more than it computes. */
const parallel = 4

/**
 * Sends the quality report of a week to each owner and manager. Whoever has theirs is not told again, so it may run again at
 * any point: after a failure it does the rest.
 * @throws the first failure, once all others have their report.
 */
export async function sendWeeklyReports(ctx: Context, files: Files, scheduledAt: string): Promise<Sent> {
  if (!policyOf(ctx).reports.weekly) return { reports: 0, skipped: 'switchedOff' }
  const latest = await readLatest(ctx, tenantPart, scheduledAt)
  if (!latest) return { reports: 0, skipped: 'noFigures' }
  const readers = await reportRecipients(ctx, await ownersCounted(ctx, latest.runId))
  const failures: unknown[] = []
  let reports = 0
  await inParallel(readers, parallel, async reader => {
    try {
      if (await writeReport(ctx, files, { reader, scheduledAt })) reports += 1
    } catch (error) {
      ctx.log.warn('A quality report could not be sent', { userId: reader.id, error })
      failures.push(error)
    }
  })
  if (failures.length > 0) throw failures[0]
  return { reports }
}

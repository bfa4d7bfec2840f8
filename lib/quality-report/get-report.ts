import { loadJob } from '#lib/jobs/load-job.ts'
import { filesOf, viewReport } from '#lib/quality-report/view-report.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import type { QualityReportView } from '#schemas/api/quality.ts'
import { qualityReport } from '#schemas/system/quality-report.ts'

/** 15 minutes to begin a download. */
const downloadS = 900

/**
 * A weekly report with addresses for its files: one's own, or one that the role lets one see.
 * @throws CrmError `not_found`.
 */
export async function getReport(ctx: Context, files: Files, id: string): Promise<QualityReportView> {
  const report = await loadJob(ctx, qualityReport, id)
  const expiresAt = new Date(ctx.clock.now().getTime() + downloadS * 1_000).toISOString()
  const links = filesOf(report).map(async ({ key, name, contentType }) => {
    const url = await files.presignDownload(key, { fileName: name, expiresS: downloadS })
    return { name, contentType, url, expiresAt }
  })
  return { ...viewReport(report), files: await Promise.all(links) }
}

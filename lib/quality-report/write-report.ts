import { plainJson } from '#lib/jobs/plain-json.ts'
import { notify } from '#lib/notifications/notify.ts'
import type { Actor } from '#lib/permissions/actor.ts'
import { qualityScopes } from '#lib/quality-report/quality-scope.ts'
import { overviewOf } from '#lib/quality-report/read-quality.ts'
import { reportChart } from '#lib/quality-report/report-chart.ts'
import { reportLines } from '#lib/quality-report/report-lines.ts'
import { reportBody, reportTitle } from '#lib/quality-report/report-texts.ts'
import { planOnce } from '#lib/records/plan-once.ts'
import { writeRecord } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { derivedId } from '#lib/runtime/ids.ts'
import { localDate } from '#lib/runtime/zoned-time.ts'
import { readRecord } from '#lib/store/read.ts'
import type { JsonObject } from '#schemas/json.ts'
import { qualityReport } from '#schemas/system/quality-report.ts'

/** For whom, and for which time of the schedule (RFC 3339). */
export type ReportRequest = { reader: Actor; scheduledAt: string }

/**
 * Writes the report of one user, of what they may see, and tells them. Again for the same time it finds the report, and only
 * tells them if they are not told yet.
 * @returns false when there is nothing that they may see.
 */
export async function writeReport(
  ctx: Context,
  files: Files,
  { reader, scheduledAt }: ReportRequest,
): Promise<boolean> {
  const id = derivedId(qualityReport.prefix, { at: new Date(scheduledAt), seed: `${reader.id} ${scheduledAt}` })
  const existing = await readRecord(ctx.store, id)
  const fields = existing?.fields ?? (await writeFiles({ ...ctx, actor: reader }, files, { id, scheduledAt }))
  if (!fields) return false
  await writeRecord(ctx, () => planOnce(ctx, qualityReport, { id, fields, at: scheduledAt }), {})
  await notify(ctx, {
    userId: reader.id,
    kind: 'weeklyQualityReport',
    title: String(fields['title']),
    body: String(fields['body']),
    link: `/v1/quality/reports/${id}`,
    key: `quality-report/${scheduledAt}`,
  })
  return true
}

/** The files of the actor's report, and the fields of its record; undefined when there is nothing to report. */
async function writeFiles(
  ctx: Context,
  files: Files,
  { id, scheduledAt }: { id: string; scheduledAt: string },
): Promise<JsonObject | undefined> {
  const overview = await overviewOf(ctx, qualityScopes(ctx), { by: 'owner', to: scheduledAt })
  if (overview.at === undefined || overview.objects.length === 0) return undefined
  // Writing CSV brings tables of encodings along: 330 KB that a start without anything to report need not read.
  const { reportCsv } = await import('#lib/quality-report/report-csv.ts')
  const title = reportTitle(ctx, scheduledAt)
  const lines = reportLines(overview)
  const name = `quality-${localDate(new Date(scheduledAt), ctx.tenant.timeZone)}`
  const csv = { key: `reports/${id}/quality.csv`, name: `${name}.csv`, contentType: 'text/csv; charset=utf-8' }
  const chart = { key: `reports/${id}/trend.svg`, name: `${name}.svg`, contentType: 'image/svg+xml' }
  await files.write(csv.key, reportCsv(ctx, overview), csv)
  await files.write(chart.key, reportChart(ctx, overview, title), chart)
  return {
    ownerId: ctx.actor.id,
    title,
    body: reportBody(ctx, overview, lines),
    scheduledAt,
    snapshotAt: overview.at,
    summary: lines.map(plainJson),
    files: [csv, chart],
  }
}

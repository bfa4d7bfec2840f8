import { ok } from '#functions/edge/answers.ts'
import { on } from '#functions/edge/endpoint.ts'
import { serve } from '#functions/edge/route.ts'
import { findReports } from '#lib/quality-report/find-reports.ts'
import { getReport } from '#lib/quality-report/get-report.ts'
import { readQuality } from '#lib/quality-report/read-quality.ts'
import { required } from '#lib/runtime/env.ts'
import { openFiles } from '#lib/runtime/files.ts'
import * as Ask from '#schemas/api/quality.ts'

const files = () => openFiles(required('FILES_BUCKET'))

export const handler = serve([
  on(Ask.ReadQuality, async (ctx, { query }) => ok(await readQuality(ctx, query))),
  on(Ask.FindWeeklyReports, async (ctx, { query }) => ok(await findReports(ctx, query))),
  on(Ask.GetWeeklyReport, async (ctx, { path: { id } }) => ok(await getReport(ctx, files(), id))),
])

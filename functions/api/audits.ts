import { ok } from '#functions/edge/answers.ts'
import { on } from '#functions/edge/endpoint.ts'
import { serve } from '#functions/edge/route.ts'
import { loadAudit } from '#lib/audit/audit-record.ts'
import { createAudit } from '#lib/audit/create-audit.ts'
import { findAudits } from '#lib/audit/find-audits.ts'
import { recordResult } from '#lib/audit/record-result.ts'
import { viewAudit } from '#lib/audit/view-audit.ts'
import * as Ask from '#schemas/api/audits.ts'

export const handler = serve([
  on(Ask.CreateAudit, async (ctx, { body }) => {
    const audit = await createAudit(ctx, body)
    return { status: 202, json: audit, headers: { location: `/v1/audits/${audit.id}` } }
  }),
  on(Ask.FindAudits, async (ctx, { query }) => ok(await findAudits(ctx, query))),
  on(Ask.GetAudit, async (ctx, { path, query }) => ok(await viewAudit(ctx, await loadAudit(ctx, path.id), query))),
  on(Ask.RecordAuditResult, async (ctx, { path, body }) => ok(await recordResult(ctx, { ...path, ...body }))),
])

import { ok } from '#functions/edge/answers.ts'
import { etagOf } from '#functions/edge/conditions.ts'
import { on } from '#functions/edge/endpoint.ts'
import { serve } from '#functions/edge/route.ts'
import { loadJob } from '#lib/jobs/load-job.ts'
import { required } from '#lib/runtime/env.ts'
import { openFiles } from '#lib/runtime/files.ts'
import { viewExport } from '#lib/transfer/exports/view-export.ts'
import * as Ask from '#schemas/api/exports.ts'
import { exportJob } from '#schemas/system/export.ts'

const files = () => openFiles(required('FILES_BUCKET'))

export const handler = serve([
  on(Ask.CreateExport, async (ctx, { body }) => {
    const tools = { files: files(), workflow: required('EXPORT_WORKFLOW_ARN') }
    // Starting one takes the client of Step Functions; asking how far it is does not.
    const { createExport } = await import('#lib/transfer/exports/create-export.ts')
    const job = await createExport(ctx, tools, body)
    return { status: 202, json: job, headers: { location: `/v1/exports/${job['id']}` } }
  }),
  on(Ask.GetExport, async (ctx, { path: { id } }) => {
    const job = await loadJob(ctx, exportJob, id)
    return ok(await viewExport(ctx, files(), job), { etag: etagOf(id, job.version) })
  }),
])

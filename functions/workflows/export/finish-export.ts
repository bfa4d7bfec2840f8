import { step } from '#functions/edge/step.ts'
import { jobInput } from '#functions/workflows/export/job-input.ts'
import { jobTools } from '#functions/workflows/job-context.ts'
import { finishExport } from '#lib/transfer/exports/finish-export.ts'

/** Joins the parts of an export to its file. */
export const handler = step(jobInput, async ({ exportId, actorId }, call) => {
  const { ctx, files } = await jobTools(call, { actorId, source: `export/${exportId}` })
  await finishExport(ctx, files, exportId)
  return {}
})

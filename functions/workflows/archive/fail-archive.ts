import * as z from 'zod'
import { step, stepFailure } from '#functions/edge/step.ts'
import { systemTools } from '#functions/workflows/job-context.ts'
import { archiveFiles } from '#lib/archive/archive-files.ts'
import { toldFailure } from '#lib/backup/keep-refusal.ts'
import { endRun } from '#lib/maintenance/end-run.ts'

/** Ends an archive that cannot be made, and says why. */
export const handler = step(z.object({ runId: z.string(), failure: stepFailure }), async ({ runId, failure }, call) => {
  const { ctx, files } = await systemTools(call, `archive/${runId}`)
  await endRun(ctx, runId, { failure: await toldFailure(files, archiveFiles.failure(runId), failure) })
  return {}
})

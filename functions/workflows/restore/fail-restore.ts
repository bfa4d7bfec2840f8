import * as z from 'zod'
import { step, stepFailure } from '#functions/edge/step.ts'
import { systemTools } from '#functions/workflows/job-context.ts'
import { failRestore } from '#lib/restore/fail-restore.ts'

/** Ends a restore that cannot go on, and says why. */
export const handler = step(z.object({ runId: z.string(), failure: stepFailure }), async ({ runId, failure }, call) => {
  const { ctx, files } = await systemTools(call, 'restore')
  await failRestore(ctx, files, { runId, message: failure.message })
  return {}
})

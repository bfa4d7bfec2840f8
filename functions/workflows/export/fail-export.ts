import { step, stepFailure } from '#functions/edge/step.ts'
import { jobInput } from '#functions/workflows/export/job-input.ts'
import { systemTools } from '#functions/workflows/job-context.ts'
import { changeJob } from '#lib/jobs/job-record.ts'
import { exportJob } from '#schemas/system/export.ts'

/** Ends an export that cannot go on, and says why. */
export const handler = step(jobInput.extend({ failure: stepFailure }), async ({ exportId, failure }, call) => {
  const { ctx } = await systemTools(call, `export/${exportId}`)
  const problem = { code: 'export_failed', detail: `${failure.message} Start it again.` }
  await changeJob(ctx, { object: exportJob, id: exportId }, () => ({
    state: 'failed',
    endedAt: ctx.clock.now().toISOString(),
    problem,
  }))
  return {}
})

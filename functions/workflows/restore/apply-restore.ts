import { step } from '#functions/edge/step.ts'
import { restoreStepTools, stepInput } from '#functions/workflows/restore/step-tools.ts'
import { tellStep } from '#lib/maintenance/tell-step.ts'
import { tellingRefusal } from '#lib/restore/fail-restore.ts'
import { applyPartitions } from '#lib/restore/restore-steps.ts'

/** Writes the wanted records as they were, or says what that would change. */
export const handler = step(stepInput, async (input, call) => {
  const { ctx, files, step: at } = await restoreStepTools(call, input)
  await tellStep(ctx, input.runId, 'apply')
  return { ...input, ...(await tellingRefusal(files, input.runId, () => applyPartitions(ctx, { files }, at))) }
})

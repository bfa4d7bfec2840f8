import { step } from '#functions/edge/step.ts'
import { backupTools, restoreStepTools, stepInput } from '#functions/workflows/restore/step-tools.ts'
import { tellStep } from '#lib/maintenance/tell-step.ts'
import { tellingRefusal } from '#lib/restore/fail-restore.ts'
import { verifyFiles } from '#lib/restore/restore-steps.ts'

/** Reads every file of a backup to its end, before anything is taken from it. */
export const handler = step(stepInput, async (input, call) => {
  const { ctx, files, step: at } = await restoreStepTools(call, input)
  await tellStep(ctx, input.runId, 'verify')
  const tools = { ...backupTools(), files }
  return { ...input, ...(await tellingRefusal(files, input.runId, () => verifyFiles(tools, at))) }
})

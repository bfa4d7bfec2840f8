import { step } from '#functions/edge/step.ts'
import { backupTools, restoreStepTools, stepInput } from '#functions/workflows/restore/step-tools.ts'
import { tellStep } from '#lib/maintenance/tell-step.ts'
import { tellingRefusal } from '#lib/restore/fail-restore.ts'
import { collectFiles } from '#lib/restore/restore-steps.ts'

/** Copies what a backup says of the wanted records to where they are restored from. */
export const handler = step(stepInput, async (input, call) => {
  const { ctx, files, step: at } = await restoreStepTools(call, input)
  await tellStep(ctx, input.runId, 'collect')
  const tools = { ...backupTools(), files }
  return { ...input, ...(await tellingRefusal(files, input.runId, () => collectFiles(tools, at))) }
})

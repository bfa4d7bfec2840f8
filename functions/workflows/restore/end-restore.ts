import { step } from '#functions/edge/step.ts'
import { restoreStepTools, stepInput } from '#functions/workflows/restore/step-tools.ts'
import { endRestore } from '#lib/restore/end-restore.ts'

/** Writes the report of a restore, and ends it. */
export const handler = step(stepInput, async (input, call) => {
  const { ctx, files, plan } = await restoreStepTools(call, input)
  await endRestore(ctx, { files, plan })
  return {}
})

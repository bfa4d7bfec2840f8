import { step } from '#functions/edge/step.ts'
import { importTools, jobInput } from '#functions/workflows/import/job-input.ts'
import { planUndo } from '#lib/transfer/imports/plan-segments.ts'

/** Shares out the segments that are to be undone. */
export const handler = step(jobInput, async (input, call) => {
  const { ctx, files } = await importTools(call, input)
  return { ...input, ...(await planUndo(ctx, files, input)) }
})

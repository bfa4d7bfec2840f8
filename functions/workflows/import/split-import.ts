import { step } from '#functions/edge/step.ts'
import { importTools, jobInput } from '#functions/workflows/import/job-input.ts'
import { planSegments } from '#lib/transfer/imports/plan-segments.ts'

/** Reads the file once, splits it into segments of rows and says who does which. */
export const handler = step(jobInput, async (input, call) => {
  const { ctx, files } = await importTools(call, input)
  return { ...input, ...(await planSegments(ctx, files, input)) }
})

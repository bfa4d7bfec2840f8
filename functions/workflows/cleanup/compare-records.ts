import { step } from '#functions/edge/step.ts'
import { runInput, runTools } from '#functions/workflows/cleanup/run-input.ts'
import { compareRecords } from '#lib/cleanup/compare-records.ts'

/** Compares records with each other, and merges those beyond doubt where the policy says so. */
export const handler = step(runInput, async (input, call) => {
  const { ctx, files } = await runTools(call, input)
  await compareRecords(ctx, files, input)
  return input
})

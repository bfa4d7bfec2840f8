import { step } from '#functions/edge/step.ts'
import { runInput, runTools } from '#functions/workflows/cleanup/run-input.ts'
import { refreshStale } from '#lib/cleanup/refresh-stale.ts'

/** Makes verification tasks of the stale records that were found. */
export const handler = step(runInput, async (input, call) => {
  const { ctx, files } = await runTools(call, input)
  await refreshStale(ctx, files, input)
  return input
})

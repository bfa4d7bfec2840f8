import { step } from '#functions/edge/step.ts'
import { runInput, runTools } from '#functions/workflows/cleanup/run-input.ts'
import { planRun } from '#lib/cleanup/plan-run.ts'

/** Settles what a run goes by, and says which records are evaluated by whom. */
export const handler = step(runInput, async (input, call) => {
  const { ctx, files } = await runTools(call, input)
  return planRun(ctx, files, input)
})

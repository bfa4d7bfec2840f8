import { step } from '#functions/edge/step.ts'
import { runInput, runTools } from '#functions/workflows/cleanup/run-input.ts'
import { planUndo } from '#lib/cleanup/plan-undo.ts'

/** Takes apart what a run merged, and says which of its fixes are undone by whom. */
export const handler = step(runInput, async (input, call) => {
  const { ctx, files } = await runTools(call, input)
  return planUndo(ctx, files, input)
})

import { step, stepFailure } from '#functions/edge/step.ts'
import { runInput, runTools } from '#functions/workflows/cleanup/run-input.ts'
import { failRun } from '#lib/cleanup/fail-run.ts'

/** Ends a run that cannot go on, with a report of what it did until then: it can still be undone. */
export const handler = step(runInput.extend({ failure: stepFailure }), async (input, call) => {
  const { ctx, files } = await runTools(call, input)
  await failRun(ctx, files, input)
  return {}
})

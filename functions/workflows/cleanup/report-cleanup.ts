import { step } from '#functions/edge/step.ts'
import { runInput, runTools } from '#functions/workflows/cleanup/run-input.ts'
import { reportRun } from '#lib/cleanup/report-run.ts'

/** Writes the report of a run and ends it. */
export const handler = step(runInput, async (input, call) => {
  const { ctx, files } = await runTools(call, input)
  await reportRun(ctx, files, input)
  return {}
})

import { step } from '#functions/edge/step.ts'
import { laneInput, runTools } from '#functions/workflows/cleanup/run-input.ts'
import { evaluateLane } from '#lib/cleanup/evaluate-lane.ts'

/** Evaluates and fixes the records of a lane for as long as the step may go on. */
export const handler = step(laneInput, async ({ runId, ...lane }, call) => {
  const { ctx, files } = await runTools(call, { runId })
  return evaluateLane(ctx, files, { runId, lane, remainingMs: call.remainingMs })
})

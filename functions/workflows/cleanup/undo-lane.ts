import { step } from '#functions/edge/step.ts'
import { laneInput, runTools } from '#functions/workflows/cleanup/run-input.ts'
import { undoLane } from '#lib/cleanup/undo-lane.ts'

/** Takes back the fixes of a lane for as long as the step may go on. */
export const handler = step(laneInput, async ({ runId, ...lane }, call) => {
  const { ctx, files } = await runTools(call, { runId })
  return undoLane(ctx, files, { runId, lane, remainingMs: call.remainingMs })
})

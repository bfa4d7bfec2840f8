import { step, stepFailure } from '#functions/edge/step.ts'
import { runInput, runTools } from '#functions/workflows/cleanup/run-input.ts'
import { endUndo } from '#lib/cleanup/end-undo.ts'

const input = runInput.extend({ failure: stepFailure.optional() })

/** Ends the undoing of a run, well or, with a failure, so that it can be tried again. */
export const handler = step(input, async ({ runId, failure }, call) => {
  const { ctx, files } = await runTools(call, { runId })
  const told = failure && { code: 'undo_failed', detail: `${failure.message} Undo it again.` }
  await endUndo(ctx, files, { runId, ...(told && { failure: told }) })
  return {}
})

import { step, stepFailure } from '#functions/edge/step.ts'
import { endingTools, jobInput } from '#functions/workflows/import/job-input.ts'
import { endUndo } from '#lib/transfer/imports/end-undo.ts'

const input = jobInput.extend({ failure: stepFailure.optional() })

/** Ends the undoing of an import, well or, with a failure, so that it can be tried again. */
export const handler = step(input, async ({ failure, ...job }, call) => {
  const { ctx, files } = await endingTools(call, job)
  const problem = failure && { code: 'undo_failed', detail: `${failure.message} Undo it again.` }
  await endUndo(ctx, files, { id: job.importId, ...(problem && { problem }) })
  return {}
})

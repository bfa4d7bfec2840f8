import * as z from 'zod'
import { step } from '#functions/edge/step.ts'
import { importTools, jobInput } from '#functions/workflows/import/job-input.ts'
import { undoSegments } from '#lib/transfer/imports/undo-segments.ts'

const input = jobInput.extend({ first: z.int().min(0), last: z.int().min(0) })

/** Undoes what a run of segments has written, those that are not undone yet. */
export const handler = step(input, async ({ first, last, ...job }, call) => {
  const { ctx, files } = await importTools(call, job)
  await undoSegments(ctx, files, { id: job.importId, first, last, remainingMs: call.remainingMs })
  return {}
})

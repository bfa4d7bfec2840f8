import * as z from 'zod'
import { step } from '#functions/edge/step.ts'
import { importTools, jobInput } from '#functions/workflows/import/job-input.ts'
import { importSegments } from '#lib/transfer/imports/import-segments.ts'

const input = jobInput.extend({ first: z.int().min(0), last: z.int().min(0) })

/** Imports a run of segments, those that are not done yet. */
export const handler = step(input, async ({ first, last, ...job }, call) => {
  const { ctx, files } = await importTools(call, job)
  await importSegments(ctx, files, { id: job.importId, first, last, remainingMs: call.remainingMs })
  return {}
})

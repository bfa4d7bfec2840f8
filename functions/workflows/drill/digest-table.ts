import * as z from 'zod'
import { step } from '#functions/edge/step.ts'
import { drillInput, drillStep, openRestored } from '#functions/workflows/drill/step-tools.ts'
import { digestSegment } from '#lib/drill/digest-segment.ts'

const input = drillInput.extend({
  side: z.enum(['live', 'restored']),
  segment: z.int().min(0),
  segments: z.int().min(1),
})

/** Writes down the hashes of a share of a table, for as long as the step may go on. */
export const handler = step(input, async (share, call) =>
  drillStep(call, share.runId, async ({ ctx, work }) => {
    const restored = await openRestored(work, share.runId)
    return digestSegment(ctx, { ...work, restored }, { ...share, remainingMs: call.remainingMs })
  }),
)

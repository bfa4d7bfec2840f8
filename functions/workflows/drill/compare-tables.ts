import * as z from 'zod'
import { step } from '#functions/edge/step.ts'
import { drillInput, drillStep, openRestored } from '#functions/workflows/drill/step-tools.ts'
import { comparePartition } from '#lib/drill/compare-partition.ts'

const input = drillInput.extend({ partition: z.int().min(0) })

/** Compares a partition of both tables, and looks for a reason where they differ. */
export const handler = step(input, async ({ runId, partition }, call) =>
  drillStep(call, runId, async ({ ctx, work }) => {
    const restored = await openRestored(work, runId)
    return comparePartition(ctx, { ...work, restored }, { runId, partition })
  }),
)

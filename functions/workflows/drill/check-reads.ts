import { step } from '#functions/edge/step.ts'
import { drillInput, drillStep, openRestored } from '#functions/workflows/drill/step-tools.ts'
import { checkReads } from '#lib/drill/check-reads.ts'

/** Reads the restored table by the product's own code. */
export const handler = step(drillInput, async ({ runId }, call) =>
  drillStep(call, runId, async ({ ctx, work }) => {
    const restored = await openRestored(work, runId)
    await checkReads(ctx, { ...work, restored }, { runId })
    return { runId }
  }),
)

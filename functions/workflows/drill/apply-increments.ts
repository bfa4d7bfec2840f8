import * as z from 'zod'
import { step } from '#functions/edge/step.ts'
import { backupDrillStep, drillInput, openRestored } from '#functions/workflows/drill/step-tools.ts'
import { applyIncrements } from '#lib/drill/apply-increments.ts'

const count = z.int().min(0)
const input = drillInput.extend({ applied: z.object({ next: count }).optional(), import: z.object({ bytes: count }) })

/** Applies the incremental backups to the restored table, for as long as the step may go on. */
export const handler = step(input, async ({ runId, applied, import: { bytes } }, call) =>
  backupDrillStep(call, runId, async ({ ctx, work }) => {
    const restored = await openRestored(work, runId)
    const at = { runId, next: applied?.next ?? 0, importedBytes: bytes, remainingMs: call.remainingMs }
    const { next, isLast } = await applyIncrements(ctx, { ...work, restored }, at)
    return { next, isLast }
  }),
)

import { step } from '#functions/edge/step.ts'
import { backupDrillStep, drillInput } from '#functions/workflows/drill/step-tools.ts'
import { endDrill } from '#lib/drill/end-drill.ts'

/** Deletes the scratch table, signs the report of a drill, and says whether the backup is proven. */
export const handler = step(drillInput, async ({ runId }, call) =>
  backupDrillStep(call, runId, ({ ctx, work }) => endDrill(ctx, work, runId)),
)

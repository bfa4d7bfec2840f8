import { step } from '#functions/edge/step.ts'
import { backupDrillStep, drillInput } from '#functions/workflows/drill/step-tools.ts'
import { planDrill } from '#lib/drill/plan-drill.ts'

/** Chooses the backup of a drill, and deletes what dead drills have left. */
export const handler = step(drillInput, async ({ runId }, call) =>
  backupDrillStep(call, runId, ({ ctx, work }) => planDrill(ctx, work, runId)),
)

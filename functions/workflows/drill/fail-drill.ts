import { step, stepFailure } from '#functions/edge/step.ts'
import { drillInput, drillStepTools } from '#functions/workflows/drill/step-tools.ts'
import { failDrill } from '#lib/drill/fail-drill.ts'

/** Ends a drill that cannot go on, and deletes its scratch table. */
export const handler = step(drillInput.extend({ failure: stepFailure }), async ({ runId, failure }, call) => {
  const { ctx, work } = await drillStepTools(call, runId)
  await failDrill(ctx, work, { runId, failure })
  return {}
})

import { step } from '#functions/edge/step.ts'
import { runInput, runTools } from '#functions/workflows/cleanup/run-input.ts'
import { planRun } from '#lib/cleanup/plan-run.ts'
import { readPolicyAnew } from '#lib/settings/policy.ts'

/** Settles what a run goes by, and says which records are evaluated by whom. */
export const handler = step(runInput, async (input, call) => {
  const { ctx, files } = await runTools(call, input)
  // What a run deletes by is no older than the run.
  return planRun({ ...ctx, policy: await readPolicyAnew(ctx) }, files, input)
})

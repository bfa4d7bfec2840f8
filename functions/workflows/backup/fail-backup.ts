import { step, stepFailure } from '#functions/edge/step.ts'
import { backupInput, backupStepTools } from '#functions/workflows/backup/step-tools.ts'
import { failBackup } from '#lib/backup/fail-backup.ts'

/** Ends a backup that cannot go on: what has no signed catalogue is no backup. */
export const handler = step(backupInput.extend({ failure: stepFailure }), async ({ runId, failure }, call) => {
  const { ctx, work } = await backupStepTools(call, runId)
  await failBackup(ctx, work, { runId, failure })
  return {}
})

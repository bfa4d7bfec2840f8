import { step } from '#functions/edge/step.ts'
import { backupInput, backupStep } from '#functions/workflows/backup/step-tools.ts'
import { catalogueBackup } from '#lib/backup/catalogue-backup.ts'

/** Writes and signs the catalogue of a backup. */
export const handler = step(backupInput, async ({ runId }, call) =>
  backupStep(call, runId, ({ ctx, work }) => catalogueBackup(ctx, work, runId)),
)

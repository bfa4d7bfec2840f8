import { step } from '#functions/edge/step.ts'
import { backupInput, backupStep } from '#functions/workflows/backup/step-tools.ts'
import { expireBackups } from '#lib/backup/expire-backups.ts'
import { reportBackup } from '#lib/backup/report-backup.ts'
import { readPolicyAnew } from '#lib/settings/policy.ts'

/** Deletes backups whose time is over, reports what the run made, and ends it. */
export const handler = step(backupInput, async ({ runId }, call) =>
  backupStep(call, runId, async ({ ctx, work }) => {
    const expired = await expireBackups({ ...ctx, policy: await readPolicyAnew(ctx) }, work, call)
    await reportBackup(ctx, work, { runId, expired })
    return {}
  }),
)

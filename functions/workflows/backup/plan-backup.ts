import * as z from 'zod'
import { step } from '#functions/edge/step.ts'
import { backupInput, backupStep } from '#functions/workflows/backup/step-tools.ts'
import { planBackup } from '#lib/backup/plan-backup.ts'
import { readPolicyAnew } from '#lib/settings/policy.ts'

const input = backupInput.extend({ table: z.unknown() })

/** Settles whether a backup is full or goes on from the one before. */
export const handler = step(input, async ({ runId, table }, call) =>
  backupStep(call, runId, async ({ ctx, work }) => {
    return planBackup({ ...ctx, policy: await readPolicyAnew(ctx) }, work, { runId, table })
  }),
)

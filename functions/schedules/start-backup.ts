import * as z from 'zod'
import { openJobContext } from '#functions/edge/context.ts'
import { step } from '#functions/edge/step.ts'
import { startRun } from '#lib/maintenance/start-run.ts'
import { systemActor } from '#lib/permissions/system-actor.ts'
import { required } from '#lib/runtime/env.ts'
import { policyOf } from '#lib/settings/policy.ts'

const input = z.object({ kind: z.enum(['backup', 'restoreDrill']), scheduledAt: z.string().min(1) })

/** Starts the backup or restore drill that is due: one for each moment of its schedule, none while the policy has it switched off. */
export const handler = step(input, async ({ kind, scheduledAt }, { log, requestId }) => {
  const ctx = await openJobContext({ actor: systemActor, requestId, source: `schedule/${kind}`, log })
  if (!policyOf(ctx)[kind].enabled) return { started: false }
  const workflow = required(kind === 'backup' ? 'BACKUP_WORKFLOW_ARN' : 'RESTORE_DRILL_WORKFLOW_ARN')
  const run = await startRun(ctx, { workflow }, { kind, dryRun: false, requestedBy: 'schedule', key: scheduledAt })
  return { started: true, runId: run.id }
})

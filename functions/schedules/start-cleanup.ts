import * as z from 'zod'
import { openJobContext } from '#functions/edge/context.ts'
import { step } from '#functions/edge/step.ts'
import { startRun } from '#lib/maintenance/start-run.ts'
import { systemActor } from '#lib/permissions/system-actor.ts'
import { required } from '#lib/runtime/env.ts'
import { policyOf } from '#lib/settings/policy.ts'

const input = z.object({ kind: z.literal('cleanup'), scheduledAt: z.string().min(1) })

/** Starts the cleanup that is due: one for each moment of the schedule, none while the policy has it switched off. */
export const handler = step(input, async ({ kind, scheduledAt }, { log, requestId }) => {
  const ctx = await openJobContext({ actor: systemActor, requestId, source: 'schedule/cleanup', log })
  if (!policyOf(ctx).cleanup.enabled) return { started: false }
  const request = { kind, dryRun: false, requestedBy: 'schedule', key: scheduledAt }
  const run = await startRun(ctx, { workflow: required('CLEANUP_WORKFLOW_ARN') }, request)
  return { started: true, runId: run.id }
})

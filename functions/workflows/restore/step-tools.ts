import * as z from 'zod'
import type { StepCall } from '#functions/edge/step.ts'
import { jobTools } from '#functions/workflows/job-context.ts'
import { openVault } from '#lib/backup/vault.ts'
import { openEvidenceKey } from '#lib/evidence/evidence-key.ts'
import { readRestorePlan } from '#lib/restore/restore-files.ts'
import { restoreSource } from '#lib/restore/restore-now.ts'
import { required } from '#lib/runtime/env.ts'

/** Which restore, for whom, and where in its files or partitions to go on. */
export const stepInput = z.object({ runId: z.string(), actorId: z.string(), next: z.int().min(0) })

/** What a step of a restore works with: it acts as the user who asked for the restore. */
export async function restoreStepTools(call: StepCall, input: z.output<typeof stepInput>) {
  const { ctx, files } = await jobTools(call, { actorId: input.actorId, source: 'restore' })
  const plan = await readRestorePlan(files, input.runId)
  const step = { plan, next: input.next, remainingMs: call.remainingMs }
  return { ctx: { ...ctx, source: restoreSource(plan) }, files, plan, step }
}

/** The vault, and the key that its catalogues are signed with. */
export function backupTools() {
  return { vault: openVault(required('BACKUP_BUCKET')), evidence: openEvidenceKey(required('EVIDENCE_KEY_ARN')) }
}

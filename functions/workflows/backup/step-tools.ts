import * as z from 'zod'
import type { StepCall } from '#functions/edge/step.ts'
import { systemTools } from '#functions/workflows/job-context.ts'
import { backupTools } from '#functions/workflows/restore/step-tools.ts'
import { backupFiles } from '#lib/backup/backup-files.ts'
import { keepRefusal } from '#lib/backup/keep-refusal.ts'
import type { BackupWork } from '#lib/backup/plan-backup.ts'
import { openVault } from '#lib/backup/vault.ts'
import type { EvidenceKey } from '#lib/evidence/evidence-key.ts'
import type { Context } from '#lib/runtime/context.ts'
import { required } from '#lib/runtime/env.ts'

/** Which run. */
export const backupInput = z.object({ runId: z.string() })

/** What a step of a backup works with: it is the product itself, whoever asked for it. */
export type BackupTools = { ctx: Context; work: BackupWork & { evidence: EvidenceKey } }

/** Opens what a step of a backup works with. */
export async function backupStepTools(call: StepCall, runId: string): Promise<BackupTools> {
  const { ctx, files } = await systemTools(call, `backup/${runId}`)
  return { ctx, work: { ...backupTools(), files, fileVersions: openVault(required('FILES_BUCKET')) } }
}

/** Does a step's work; why it was refused is kept for the end of the run. */
export async function backupStep<T>(
  call: StepCall,
  runId: string,
  run: (tools: BackupTools) => Promise<T>,
): Promise<T> {
  const tools = await backupStepTools(call, runId)
  return keepRefusal(tools.work.files, backupFiles.failure(runId), () => run(tools))
}

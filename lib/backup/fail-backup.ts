import { type BackupPlan, backupFiles, type ExportedTable, readKept } from '#lib/backup/backup-files.ts'
import { type RunFailure, toldFailure } from '#lib/backup/keep-refusal.ts'
import type { BackupWork } from '#lib/backup/plan-backup.ts'
import { vaultKeys } from '#lib/backup/vault-keys.ts'
import { endRun } from '#lib/maintenance/end-run.ts'
import { planOnce } from '#lib/records/plan-once.ts'
import { writeRecord } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { backup } from '#schemas/system/backup.ts'

/**
 * Ends a backup that cannot go on. One that has no signed catalogue is kept as failed: what was exported of it belongs to no
 * backup, and a later run deletes it. One that has is good, and only waits for its copy.
 */
export async function failBackup(
  ctx: Context,
  { files, vault }: Pick<BackupWork, 'files' | 'vault'>,
  { runId, failure: error }: { runId: string; failure: { name: string; message: string } },
): Promise<void> {
  const failure = await toldFailure(files, backupFiles.failure(runId), error)
  const plan = await keptIf<BackupPlan>(files, backupFiles.plan(runId))
  if (plan && !(await vault.head(vaultKeys.signature(vaultKeys.catalogue(plan.backupId)))))
    await writeFailed(ctx, plan, { failure, exported: await keptIf<ExportedTable>(files, backupFiles.exported(runId)) })
  await endRun(ctx, runId, { failure })
}

async function keptIf<T>(files: Files, key: string): Promise<T | undefined> {
  return (await files.head(key)) ? readKept<T>(files, key) : undefined
}

async function writeFailed(
  ctx: Context,
  { backupId: id, kind, fullId, runId, plannedAt: at }: BackupPlan,
  { failure, exported }: { failure: RunFailure; exported: ExportedTable | undefined },
): Promise<void> {
  const known = exported && { cutOffAt: exported.cutOffAt, items: exported.items, files: exported.files.length }
  const fields = { kind, state: 'failed', fullId, runId, failure, ...known }
  await writeRecord(ctx, () => planOnce(ctx, backup, { id, fields, at }), {})
}

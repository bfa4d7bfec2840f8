import { type BackupPlan, backupFiles, type ExportedTable, readKept } from '#lib/backup/backup-files.ts'
import type { Expired } from '#lib/backup/expire-backups.ts'
import type { BackupWork } from '#lib/backup/plan-backup.ts'
import { readLink } from '#lib/backup/read-chain.ts'
import { endRun } from '#lib/maintenance/end-run.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { BackupReport } from '#schemas/api/backup-reports.ts'

/** Ends a backup with what it made, as its signed catalogue has it. */
export async function reportBackup(
  ctx: Context,
  work: BackupWork,
  { runId, expired }: { runId: string; expired: Expired },
): Promise<void> {
  const { backupId } = await readKept<BackupPlan>(work.files, backupFiles.plan(runId))
  const { billedBytes } = await readKept<ExportedTable>(work.files, backupFiles.exported(runId))
  const { entry } = await readLink(work, backupId)
  const { kind, cutOffAt, fromAt, items, files, bytes, inventory } = entry
  const report: BackupReport = {
    ...{ backupId, kind, cutOffAt },
    ...(fromAt !== undefined && { fromAt }),
    ...{ items, bytes, billedBytes },
    files: files.length,
    copiedBytes: bytes + (inventory?.bytes ?? 0),
    expired: expired.backups,
  }
  await endRun(ctx, runId, { report })
}

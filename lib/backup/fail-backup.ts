import { type BackupPlan, backupFiles, type ExportedTable, readKept } from '#lib/backup/backup-files.ts'
import type { CatalogueEntry } from '#lib/backup/catalogue.ts'
import { type RunFailure, toldFailure } from '#lib/backup/keep-refusal.ts'
import type { BackupWork } from '#lib/backup/plan-backup.ts'
import { type BackupTools, readLink } from '#lib/backup/read-chain.ts'
import { writeBackup } from '#lib/backup/write-backup.ts'
import { endRun } from '#lib/maintenance/end-run.ts'
import { planOnce } from '#lib/records/plan-once.ts'
import { writeRecord } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { isPassing } from '#lib/runtime/outage.ts'
import { backup } from '#schemas/system/backup.ts'

/**
 * Ends a backup that cannot go on. One that has no signed catalogue is kept as failed: what was exported of it belongs to no
 * backup, and a later run deletes it. One that has is good and kept as such, whatever came after it was signed.
 */
export async function failBackup(
  ctx: Context,
  { files, ...tools }: Pick<BackupWork, 'files' | 'vault' | 'evidence'>,
  { runId, failure: error }: { runId: string; failure: { name: string; message: string } },
): Promise<void> {
  const failure = await toldFailure(files, backupFiles.failure(runId), error)
  const plan = await keptIf<BackupPlan>(files, backupFiles.plan(runId))
  const entry = plan && (await signedEntry(tools, plan.backupId))
  if (entry) await writeBackup(ctx, entry)
  else if (plan)
    await writeFailed(ctx, plan, { failure, exported: await keptIf<ExportedTable>(files, backupFiles.exported(runId)) })
  await endRun(ctx, runId, { failure })
}

/** Undefined when there is none that can be trusted, for whatever reason: that must not keep the run from being ended. */
async function signedEntry(tools: BackupTools, backupId: string): Promise<CatalogueEntry | undefined> {
  try {
    return (await readLink(tools, backupId)).entry
  } catch (error) {
    if (isPassing(error)) throw error
    return undefined
  }
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

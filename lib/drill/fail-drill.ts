import { readKept } from '#lib/backup/backup-files.ts'
import { changeBackup } from '#lib/backup/change-backup.ts'
import { toldFailure } from '#lib/backup/keep-refusal.ts'
import { cutOffOf, isUsable, readBackups } from '#lib/backup/read-backups.ts'
import { type DrillPlan, drillFiles } from '#lib/drill/drill-files.ts'
import type { DrillGround } from '#lib/drill/drill-work.ts'
import { endRun } from '#lib/maintenance/end-run.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { deleteTable } from '#lib/store/scratch-tables.ts'

/**
 * Ends a drill that cannot go on, and deletes its scratch table. A backup that is not what was made and signed is of no use
 * from then on, nor is any that builds on it; anything else says nothing about the backup.
 */
export async function failDrill(
  ctx: Context,
  { files, tablePrefix }: DrillGround,
  { runId, failure: error }: { runId: string; failure: { name: string; message: string } },
): Promise<void> {
  const failure = await toldFailure(files, drillFiles.failure(runId), error)
  if (failure.code === 'backup_tampered' && (await files.head(drillFiles.plan(runId)))) {
    for (const id of await useless(ctx, files, runId)) await changeBackup(ctx, id, { state: 'failed', failure })
  }
  await endRun(ctx, runId, { failure })
  await deleteTable(tablePrefix + runId)
}

/** The backup that was chosen, those of its chain that are damaged, and all that build on these. */
async function useless(ctx: Context, files: Files, runId: string): Promise<Set<string>> {
  const { backupId } = await readKept<DrillPlan>(files, drillFiles.plan(runId))
  const found = new Set([backupId])
  const folder = drillFiles.damaged(runId)
  for await (const { key } of files.list(folder)) found.add(key.slice(folder.length))
  const backups = await readBackups(ctx)
  for (const damaged of backups.filter(({ id }) => found.has(id)))
    for (const other of backups.filter(isUsable)) if (buildsOn(other, damaged)) found.add(other.id)
  return found
}

function buildsOn(later: StoredRecord, earlier: StoredRecord): boolean {
  return later.fields['fullId'] === earlier.fields['fullId'] && cutOffOf(later) > cutOffOf(earlier)
}

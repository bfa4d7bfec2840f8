import { readKept } from '#lib/backup/backup-files.ts'
import { changeBackup } from '#lib/backup/change-backup.ts'
import { toldFailure } from '#lib/backup/keep-refusal.ts'
import { type DrillPlan, drillFiles } from '#lib/drill/drill-files.ts'
import type { DrillGround } from '#lib/drill/drill-work.ts'
import { endRun } from '#lib/maintenance/end-run.ts'
import type { Context } from '#lib/runtime/context.ts'
import { deleteTable } from '#lib/store/scratch-tables.ts'

/**
 * Ends a drill that cannot go on, and deletes its scratch table. A backup that is not what was made and signed is of no use
 * from then on; anything else says nothing about the backup.
 */
export async function failDrill(
  ctx: Context,
  { files, tablePrefix }: DrillGround,
  { runId, failure: error }: { runId: string; failure: { name: string; message: string } },
): Promise<void> {
  const failure = await toldFailure(files, drillFiles.failure(runId), error)
  if (failure.code === 'backup_tampered' && (await files.head(drillFiles.plan(runId)))) {
    const { backupId } = await readKept<DrillPlan>(files, drillFiles.plan(runId))
    await changeBackup(ctx, backupId, { state: 'failed', failure })
  }
  await endRun(ctx, runId, { failure })
  await deleteTable(tablePrefix + runId)
}

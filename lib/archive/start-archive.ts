import { outOfReach } from '#lib/errors.ts'
import { mayRun } from '#lib/maintenance/may-run.ts'
import { startRun } from '#lib/maintenance/start-run.ts'
import { seesWhole } from '#lib/permissions/rules.ts'
import { loadBackup } from '#lib/restore/load-backup.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'

/**
 * Has all that there is of the tenant, as of a backup, written into one file.
 * @returns the run.
 * @throws CrmError `not_found`, also for whom any record or field is hidden; `validation_failed` for a backup that failed or has expired; `unavailable`.
 */
export async function startArchive(ctx: Context, tools: { workflow: string }, backupId: string): Promise<StoredRecord> {
  mayRun(ctx, 'create')
  mayTakeAll(ctx)
  const { id } = await loadBackup(ctx, backupId)
  const request = { kind: 'archive', dryRun: false, requestedBy: ctx.actor.id, request: { backupId: id } } as const
  return startRun(ctx, tools, request)
}

/**
 * Checks that the actor may see every record there is, and every field of it.
 * @throws CrmError `not_found`.
 */
function mayTakeAll(ctx: Context): void {
  if (!ctx.objects.all.every(object => object.readOnly || seesWhole(ctx.actor, object)))
    throw outOfReach('archive', 'take')
}

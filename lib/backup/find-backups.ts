import { viewBackup } from '#lib/backup/view-backup.ts'
import { findRecords } from '#lib/records/operations/find-records.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readRecords } from '#lib/store/read.ts'
import type { JsonObject } from '#schemas/json.ts'
import { backup, type backupStates } from '#schemas/system/backup.ts'

/** Which backups. */
type BackupQuery = { state?: (typeof backupStates)[number] | undefined; limit: number; cursor?: string | undefined }

/**
 * A page of backups, the latest change first.
 * @throws CrmError not_found, invalid_cursor.
 */
export async function findBackups(
  ctx: Context,
  { state, ...page }: BackupQuery,
): Promise<{ items: JsonObject[]; nextCursor?: string }> {
  const filter = state === undefined ? {} : { filter: `record.state == "${state}"` }
  const query = { ...page, ...filter, fields: ['kind'] }
  const { items, ...next } = await findRecords(ctx, { object: backup, query })
  const ids = items.map(({ id }) => String(id))
  const records = await readRecords(ctx.store, ids)
  return { items: ids.flatMap(id => records.get(id) ?? []).map(viewBackup), ...next }
}

import { readChangesUntil } from '#lib/store/history.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { type RowContext, requestIdOf } from '#lib/transfer/imports/prepare-row.ts'

/**
 * The version that an earlier run of this import has made of a record for this row; undefined when it has not. Only a record
 * that changed since the import began can have one, so others cost no read.
 */
export async function versionMade(
  { ctx, job }: Pick<RowContext, 'ctx' | 'job'>,
  row: number,
  record: StoredRecord,
): Promise<number | undefined> {
  const since = job.startedAt.toISOString()
  if (job.isDryRun || record.updatedAt < since) return undefined
  const changes = await readChangesUntil(ctx.store, record.id, change => change.at < since)
  return changes.find(change => change.requestId === requestIdOf(job, row))?.version
}

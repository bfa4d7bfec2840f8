import { invalidAt } from '#lib/errors.ts'
import { loadJob } from '#lib/jobs/load-job.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { backup } from '#schemas/system/backup.ts'

/**
 * The record of a backup that can be restored, proven or not.
 * @throws CrmError `not_found`; `validation_failed` when it failed or has expired.
 */
export async function loadBackup(ctx: Context, id: string): Promise<StoredRecord> {
  const record = await loadJob(ctx, backup, id)
  const state = String(record.fields['state'])
  if (state === 'proven' || state === 'unproven') return record
  throw invalidAt(
    '',
    'invalid_state',
    `The backup is ${state}: choose one that is proven, or unproven, at /v1/backups.`,
  )
}

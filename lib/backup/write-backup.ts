import type { CatalogueEntry } from '#lib/backup/catalogue.ts'
import { planOnce } from '#lib/records/plan-once.ts'
import { writeRecord } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import { policyOf } from '#lib/settings/policy.ts'
import { backup } from '#schemas/system/backup.ts'

/** Makes a backup known to the table as its signed catalogue has it; one that is known already stays as it is. */
export async function writeBackup(ctx: Context, entry: CatalogueEntry): Promise<void> {
  const { id, kind, cutOffAt, fromAt, fullId, previousId, items, bytes, runId, madeAt } = entry
  const keptMs = policyOf(ctx).backup.retentionDays * 86_400_000
  const fields = {
    ...{ kind, state: 'unproven', cutOffAt, fullId, items, bytes, runId },
    files: entry.files.length,
    ...(fromAt !== undefined && { fromAt }),
    ...(previousId !== undefined && { previousId }),
    expiresAt: new Date(Date.parse(cutOffAt) + keptMs).toISOString(),
  }
  await writeRecord(ctx, () => planOnce(ctx, backup, { id, fields, at: madeAt }), {})
}

import { auditReach, seesAudit } from '#lib/audit/audit-record.ts'
import { viewAudit } from '#lib/audit/view-audit.ts'
import type { Context } from '#lib/runtime/context.ts'
import { decodeCursor, encodeCursor } from '#lib/store/cursor.ts'
import { objectPartition } from '#lib/store/keys.ts'
import { readMerged } from '#lib/store/merge.ts'
import type { Partition } from '#lib/store/query.ts'
import { toRecord } from '#lib/store/read.ts'
import type { AuditView } from '#schemas/api/audits.ts'
import { audit } from '#schemas/system/audit.ts'

/** 20 audits a page: every record of each sample is counted. */
const mostAudits = 20
/** 500 audits looked at for a page. */
const scanLimit = 500

/**
 * Lists the audits that the actor may see, the newest first. A page can hold fewer than there are and have a next one.
 * @throws CrmError invalid_cursor.
 */
export async function findAudits(
  ctx: Context,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ items: AuditView[]; nextCursor?: string }> {
  const query = [ctx.actor.id, audit.name]
  const page = await readMerged(
    ctx.store,
    {
      partitions: auditPartitions(ctx),
      descending: true,
      after: cursor === undefined ? undefined : (decodeCursor(query, cursor)['s'] ?? ''),
      limit: Math.min(limit, mostAudits),
      scanLimit,
      batch: auditReach(ctx.actor) ? mostAudits + 1 : scanLimit,
    },
    ({ item }) => {
      const record = toRecord(item)
      return seesAudit(ctx.actor, record) ? record : undefined
    },
  )
  const items = await Promise.all(page.kept.map(record => viewAudit(ctx, record)))
  return page.next === undefined ? { items } : { items, nextCursor: encodeCursor(query, { s: page.next }) }
}

/** Where audits are listed. */
export function auditPartitions({ tenant }: Pick<Context, 'tenant'>): Partition[] {
  return Array.from({ length: tenant.listShards }, (_, shard) => ({
    index: 'byObject' as const,
    pk: objectPartition(audit.name, shard, 'all'),
  }))
}

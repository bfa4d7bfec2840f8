import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { objectPartition } from '#lib/store/keys.ts'
import { readRows } from '#lib/store/query.ts'
import { toRecord } from '#lib/store/read.ts'
import { backup } from '#schemas/system/backup.ts'

/** The backups of the tenant as the table knows them, the newest state of the data first: some hundreds. */
export async function readBackups(ctx: Pick<Context, 'store' | 'tenant'>): Promise<StoredRecord[]> {
  const found: StoredRecord[] = []
  for (let shard = 0; shard < ctx.tenant.listShards; shard++) {
    const partition = { index: 'byObject', pk: objectPartition(backup.name, shard, 'all') } as const
    for await (const { item } of readRows(ctx.store, partition, { batch: 100 })) found.push(toRecord(item))
  }
  return found.toSorted((a, b) => (cutOffOf(a) < cutOffOf(b) ? 1 : -1))
}

/** Whether it can be restored, proven or not. */
export function isUsable({ fields: { state } }: StoredRecord): boolean {
  return state === 'unproven' || state === 'proven'
}

/** The moment whose state a backup holds; one that failed may have none. */
export function cutOffOf({ fields }: StoredRecord): string {
  const { cutOffAt } = fields
  return typeof cutOffAt === 'string' ? cutOffAt : ''
}

import type { CrmError } from '#lib/errors.ts'
import { compileObject } from '#lib/records/compile.ts'
import { nextVersion } from '#lib/records/next-state.ts'
import type { Plan } from '#lib/records/plan.ts'
import { objectOfId } from '#lib/restore/may-restore.ts'
import type { PastRecord } from '#lib/restore/read-partition.ts'
import type { RestorePlan } from '#lib/restore/restore-files.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { RestoreItem } from '#schemas/api/restores.ts'

/** What a partition's items are carried out with. */
export type RestoreWork = { plan: RestorePlan; past: ReadonlyMap<string, PastRecord> }

/** Whether anything is to be done about an item. */
export function isToDo({ action }: RestoreItem): boolean {
  return action === 'created' || action === 'changed' || action === 'undeleted'
}

/** The next version of a record, with the fields that it had. */
export function restoringPlan(
  ctx: Context,
  { plan, item, past, live }: { plan: RestorePlan; item: RestoreItem; past: PastRecord; live: StoredRecord },
): Plan {
  const object = compileObject(objectOfId(ctx, item.id, '/ids'), ctx.tenant)
  const after = nextVersion(ctx, live, past.record.fields)
  const action = item.action === 'changed' ? 'reverted' : 'restored'
  return { object, before: live, after, action, requestId: plan.runId }
}

/**
 * A record that was deleted for good as it comes back first: in the recycle bin, where it holds no unique value. From there it
 * is restored like any other.
 */
export function inRecycleBin({ record }: PastRecord): StoredRecord {
  return { ...record, deletedAt: record.updatedAt }
}

/** The item of a record that is left as it is. */
export function inConflict(item: RestoreItem, { code, message }: Pick<CrmError, 'code' | 'message'>): RestoreItem {
  return { ...item, action: 'conflict', problem: { code, detail: message } }
}

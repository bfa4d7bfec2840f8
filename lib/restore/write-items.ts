import { versionConflict } from '#lib/errors.ts'
import { compileObject } from '#lib/records/compile.ts'
import { indexKeys } from '#lib/records/record-keys.ts'
import { type BulkWrite, writeMany } from '#lib/records/write-many.ts'
import { objectOfId } from '#lib/restore/may-restore.ts'
import type { PastRecord } from '#lib/restore/read-partition.ts'
import { inConflict, inRecycleBin, isToDo, type RestoreWork, restoringPlan } from '#lib/restore/restore-write.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { putBack } from '#lib/store/put-back.ts'
import { readChange, readRecord, readRecords } from '#lib/store/read.ts'
import type { RestoreItem } from '#schemas/api/restores.ts'

/** An item with its write; without one it is done, or left to whoever changed the record. */
type Prepared = { item: RestoreItem; write?: BulkWrite }

/**
 * Restores the records of these items, each on condition of the version that was looked at.
 * @returns the items, those that could not be restored as conflicts.
 * @throws CrmError `unavailable`: doing it again is safe.
 */
export async function writeItems(
  ctx: Context,
  work: RestoreWork,
  items: readonly RestoreItem[],
): Promise<RestoreItem[]> {
  const live = await readRecords(
    ctx.store,
    items.filter(isToDo).map(({ id }) => id),
  )
  const prepared: Prepared[] = []
  for (const item of items) prepared.push(await prepare(ctx, work, { item, live: live.get(item.id) }))
  const writes = prepared.flatMap(({ write }) => write ?? [])
  const outcomes = await writeMany(ctx, writes)
  const refused = new Map(
    outcomes.flatMap((outcome, i) => {
      const id = writes[i]?.plan.after.id
      return 'error' in outcome && id !== undefined ? [[id, outcome.error] as const] : []
    }),
  )
  return prepared.map(({ item }) => {
    const error = refused.get(item.id)
    return error ? inConflict(item, error) : item
  })
}

async function prepare(
  ctx: Context,
  { plan, past }: RestoreWork,
  { item, live }: { item: RestoreItem; live: StoredRecord | undefined },
): Promise<Prepared> {
  const then = past.get(item.id)
  if (!isToDo(item) || !then) return { item }
  const seen = item.action === 'created' ? then.record.version : item.version
  const now = live ?? (item.action === 'created' ? await bringBack(ctx, then) : undefined)
  if (now?.version === seen) {
    const planned = restoringPlan(ctx, { plan, item, past: then, live: now })
    return { item, write: { plan: planned, replan: () => refuse(ctx, item.id) } }
  }
  const next = await readChange(ctx.store, item.id, seen + 1)
  if (next?.requestId === plan.runId) return { item }
  return { item: inConflict(item, versionConflict(item.id, now?.version)) }
}

async function bringBack(ctx: Context, past: PastRecord): Promise<StoredRecord> {
  const record = inRecycleBin(past)
  const object = compileObject(objectOfId(ctx, record.id, '/ids'), ctx.tenant)
  await putBack(ctx.store, { record, index: indexKeys(object, record, ctx.tenant.listShards), changes: past.changes })
  return (await readRecord(ctx.store, record.id)) ?? record
}

/** Somebody changed the record between the look and the write: theirs stays. */
async function refuse(ctx: Context, id: string): Promise<never> {
  throw versionConflict(id, (await readRecord(ctx.store, id))?.version)
}

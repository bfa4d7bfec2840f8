import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { matchPartition, objectPartition, ownerPartition } from '#lib/store/keys.ts'
import { readMerged } from '#lib/store/merge.ts'
import { type Partition, readSlice } from '#lib/store/query.ts'
import { readRecords, toRecord } from '#lib/store/read.ts'
import { activity } from '#schemas/objects/activity.ts'
import { refreshPlan } from '#schemas/system/refresh-plan.ts'

type Reading = Pick<Context, 'store' | 'tenant'>

/** 1,000 tasks are read at a time. */
const atOnce = 1_000

/** The tasks of a plan that are not deleted. */
export async function readPlanTasks(ctx: Pick<Context, 'store'>, planId: string): Promise<StoredRecord[]> {
  const tasks: StoredRecord[] = []
  for await (const task of eachPlanTask(ctx, planId)) tasks.push(task)
  return tasks
}

/** The same one by one: a plan may have more tasks than are to be held at once. */
export async function* eachPlanTask(ctx: Pick<Context, 'store'>, planId: string): AsyncGenerator<StoredRecord> {
  const partition: Partition = { pk: matchPartition(activity.name, 'refreshPlanId', planId) }
  for (let after: string | undefined; ; ) {
    const { rows, isLast } = await readSlice(ctx.store, partition, { limit: atOnce, descending: false, after })
    const found = await readRecords(
      ctx.store,
      rows.map(({ item }) => String(item['id'])),
    )
    for (const task of found.values())
      if (task.deletedAt === undefined && task.fields['refreshPlanId'] === planId) yield task
    after = rows.at(-1)?.sort
    if (isLast || after === undefined) return
  }
}

/**
 * The tasks of some plans that one person has, by plan: found among what the person has had to do since the first of the
 * plans, so that nobody else's are read.
 */
export async function readOwnTasks(
  ctx: Pick<Context, 'store'>,
  { ownerId, plans }: { ownerId: string; plans: readonly StoredRecord[] },
): Promise<Map<string, StoredRecord[]>> {
  const ids = new Set(plans.map(({ id }) => id))
  const partition: Partition = { index: 'byOwner', pk: ownerPartition(ownerId, activity.name) }
  const own: StoredRecord[] = []
  for (let after = beginOf(plans); after !== undefined; ) {
    const { rows, isLast } = await readSlice(ctx.store, partition, { limit: atOnce, descending: false, after })
    const wanted = rows
      .map(({ item }) => toRecord(item))
      .filter(({ fields }) => ids.has(String(fields['refreshPlanId'])))
    // The index is a moment behind: who has just done a task is to see it done.
    const found = await readRecords(
      ctx.store,
      wanted.map(({ id }) => id),
    )
    own.push(...[...found.values()].filter(({ deletedAt }) => deletedAt === undefined))
    after = isLast ? undefined : rows.at(-1)?.sort
  }
  return Map.groupBy(own, ({ fields }) => String(fields['refreshPlanId']))
}

/** An hour before the first plan: clocks of two machines disagree by less. */
function beginOf(plans: readonly StoredRecord[]): string | undefined {
  const first = plans.map(({ createdAt }) => createdAt).toSorted()[0]
  return first && new Date(Date.parse(first) - 3_600_000).toISOString()
}

/** Whether a task is still to be done. */
export function isOpen({ fields }: Pick<StoredRecord, 'fields'>): boolean {
  return fields['status'] !== 'done' && fields['status'] !== 'canceled'
}

/** Plans begun since a moment, the newest first. */
export async function readPlansSince(ctx: Reading, since: Date): Promise<StoredRecord[]> {
  const from = since.toISOString()
  const plans: StoredRecord[] = []
  for (let after: string | undefined; ; ) {
    const page = await readMerged(
      ctx.store,
      { partitions: planPartitions(ctx), descending: true, after, limit: 200, scanLimit: 200, batch: 100 },
      ({ item }) => toRecord(item),
    )
    // A plan is written again only when it is undone, so the order of changes is all but that of beginnings.
    const wanted = page.kept.filter(({ updatedAt }) => updatedAt >= from)
    plans.push(...wanted)
    if (page.next === undefined || wanted.length < page.kept.length) return plans
    after = page.next
  }
}

/** Where the plans are listed. */
export function planPartitions({ tenant }: Pick<Context, 'tenant'>): Partition[] {
  return Array.from({ length: tenant.listShards }, (_, shard) => ({
    index: 'byObject' as const,
    pk: objectPartition(refreshPlan.name, shard, 'all'),
  }))
}

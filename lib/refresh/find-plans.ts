import { notFound } from '#lib/errors.ts'
import { reachableRule } from '#lib/records/load.ts'
import { planPartitions } from '#lib/refresh/plan-tasks.ts'
import { viewPlan } from '#lib/refresh/view-plan.ts'
import type { Context } from '#lib/runtime/context.ts'
import { isTypeId } from '#lib/runtime/ids.ts'
import { decodeCursor, encodeCursor } from '#lib/store/cursor.ts'
import { readMerged } from '#lib/store/merge.ts'
import { readRecord, toRecord } from '#lib/store/read.ts'
import type { RefreshPlanView } from '#schemas/api/refresh.ts'
import { activity } from '#schemas/objects/activity.ts'
import { refreshPlan } from '#schemas/system/refresh-plan.ts'

/** 20 plans a page: every task of each is counted. */
const mostPlans = 20

/**
 * Lists the refresh plans that the actor sees tasks of, the newest first. A page can hold fewer than there are and have a next one.
 * @throws CrmError not_found when the role reaches no activities, invalid_cursor.
 */
export async function findPlans(
  ctx: Context,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ items: RefreshPlanView[]; nextCursor?: string }> {
  const rule = reachableRule(ctx, activity, 'read')
  const query = [ctx.actor.id, refreshPlan.name]
  const most = Math.min(limit, mostPlans)
  const page = await readMerged(
    ctx.store,
    {
      partitions: planPartitions(ctx),
      descending: true,
      after: cursor === undefined ? undefined : (decodeCursor(query, cursor)['s'] ?? ''),
      limit: most,
      scanLimit: most,
      batch: most + 1,
    },
    ({ item }) => toRecord(item),
  )
  const views = await Promise.all(page.kept.map(plan => viewPlan(ctx, plan, rule)))
  const items = views.flatMap(view => view ?? [])
  return page.next === undefined ? { items } : { items, nextCursor: encodeCursor(query, { s: page.next }) }
}

/**
 * How far one plan is, by owner.
 * @throws CrmError not_found, also when the actor sees none of its tasks.
 */
export async function getPlan(ctx: Context, id: string): Promise<RefreshPlanView> {
  const rule = reachableRule(ctx, activity, 'read')
  const plan = isTypeId(id, refreshPlan.prefix) ? await readRecord(ctx.store, id) : undefined
  const view = plan && plan.deletedAt === undefined ? await viewPlan(ctx, plan, rule) : undefined
  if (!view) throw notFound(refreshPlan.name, id)
  return view
}

import { notFound } from '#lib/errors.ts'
import type { RecordRule } from '#lib/permissions/rules.ts'
import { reachableRule } from '#lib/records/load.ts'
import { eachPlanTask, planPartitions, readOwnTasks } from '#lib/refresh/plan-tasks.ts'
import { viewPlan } from '#lib/refresh/view-plan.ts'
import type { Context } from '#lib/runtime/context.ts'
import { isTypeId } from '#lib/runtime/ids.ts'
import { decodeCursor, encodeCursor } from '#lib/store/cursor.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readMerged } from '#lib/store/merge.ts'
import { readRecord, toRecord } from '#lib/store/read.ts'
import type { RefreshPlanView } from '#schemas/api/refresh.ts'
import { activity } from '#schemas/objects/activity.ts'
import { refreshPlan } from '#schemas/system/refresh-plan.ts'

/** 20 plans a page: the tasks of each are counted. */
const mostPlans = 20
/** 20,000 tasks: a page ends with the plan that reaches it, after some 3 s of reading. */
const mostTasks = 20_000

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
  const readsAll = !isOwn(rule)
  let tasks = 0
  const page = await readMerged(
    ctx.store,
    {
      partitions: planPartitions(ctx),
      descending: true,
      after: cursor === undefined ? undefined : (decodeCursor(query, cursor)['s'] ?? ''),
      limit: most,
      scanLimit: most,
      batch: most + 1,
      isHeavy: () => readsAll && tasks >= mostTasks,
    },
    ({ item }) => {
      const plan = toRecord(item)
      tasks += Number(plan.fields['planned'] ?? 0)
      return plan
    },
  )
  const items = await viewPlans(ctx, page.kept, rule)
  return page.next === undefined ? { items } : { items, nextCursor: encodeCursor(query, { s: page.next }) }
}

/**
 * How far one plan is, by owner.
 * @throws CrmError not_found, also when the actor sees none of its tasks.
 */
export async function getPlan(ctx: Context, id: string): Promise<RefreshPlanView> {
  const rule = reachableRule(ctx, activity, 'read')
  const plan = isTypeId(id, refreshPlan.prefix) ? await readRecord(ctx.store, id) : undefined
  const view = plan && plan.deletedAt === undefined ? (await viewPlans(ctx, [plan], rule))[0] : undefined
  if (!view) throw notFound(refreshPlan.name, id)
  return view
}

/** Plan after plan, as their tasks are many; who sees only their own has only those read. */
async function viewPlans(ctx: Context, plans: readonly StoredRecord[], rule: RecordRule): Promise<RefreshPlanView[]> {
  const own = isOwn(rule) ? await readOwnTasks(ctx, { ownerId: ctx.actor.id, plans }) : undefined
  const views: RefreshPlanView[] = []
  for (const plan of plans) {
    const tasks = own ? (own.get(plan.id) ?? []) : eachPlanTask(ctx, plan.id)
    const view = await viewPlan(ctx, plan, { tasks, rule })
    if (view) views.push(view)
  }
  return views
}

function isOwn(rule: RecordRule): boolean {
  return typeof rule === 'object' && rule.scope === 'own'
}

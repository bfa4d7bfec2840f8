import { textOf } from '#lib/records/owner-of.ts'
import { candidatesFor, capableOwner, type Desk, type Due } from '#lib/refresh/assign-tasks.ts'
import { readPeople } from '#lib/refresh/people.ts'
import { isOpen, readPlansSince, readPlanTasks } from '#lib/refresh/plan-tasks.ts'
import { workingDays } from '#lib/refresh/working-days.ts'
import type { Context } from '#lib/runtime/context.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'
import { localDate } from '#lib/runtime/zoned-time.ts'
import { policyOf } from '#lib/settings/policy.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { ownerPartition } from '#lib/store/keys.ts'
import { readSlice } from '#lib/store/query.ts'
import { toRecord } from '#lib/store/read.ts'
import { activity } from '#schemas/objects/activity.ts'

const dayMs = 86_400_000
/** 500: who has so many newer activities to look through has enough of them counted. */
const mostCounted = 500
/** 8 people's activities are counted at a time. */
const parallel = 8

/**
 * Who can take tasks and what they have to do already. The plan itself does not count, so planning again after a kill finds
 * the desk as it was.
 */
export async function readDesk(
  ctx: Context,
  { planId, at }: { planId: string; at: Date },
  due: readonly Due[],
): Promise<Desk> {
  const { dueWithinDays, perOwnerPerDay } = policyOf(ctx).refresh
  const { timeZone } = ctx.tenant
  const days = workingDays(at, { days: dueWithinDays, timeZone })
  const staff = await readPeople(ctx)
  const taken = await readTaken(ctx, { planId, at, days })
  const load = await readLoad(ctx, { planId, at }, sharers(staff, due))
  return { ...staff, days, perOwnerPerDay, taken, load }
}

/** Verification tasks of earlier plans that are due on these days, by assignee. */
async function readTaken(
  ctx: Context,
  { planId, at, days }: { planId: string; at: Date; days: readonly string[] },
): Promise<Map<string, number[]>> {
  const { timeZone } = ctx.tenant
  const dates = new Map(days.map((day, place) => [localDate(new Date(day), timeZone), place]))
  // Tasks are due within that time of their plan: older plans have none that is still to come.
  const reach = Math.max(policyOf(ctx).refresh.dueWithinDays, 7) * dayMs
  const plans = await readPlansSince(ctx, new Date(at.getTime() - reach))
  const taken = new Map<string, number[]>()
  for (const plan of plans.filter(({ id }) => id !== planId))
    for (const { fields } of (await readPlanTasks(ctx, plan.id)).filter(isOpen)) {
      const assignee = textOf(fields['assigneeId'])
      const dueAt = textOf(fields['dueAt'])
      const day = dueAt === undefined ? undefined : dates.get(localDate(new Date(dueAt), timeZone))
      if (assignee === undefined || day === undefined) continue
      const counts = taken.get(assignee) ?? days.map(() => 0)
      counts[day] = (counts[day] ?? 0) + 1
      taken.set(assignee, counts)
    }
  return taken
}

/** Those among whom records are shared out. */
function sharers(desk: Pick<Desk, 'people' | 'programRoles'>, due: readonly Due[]): Set<string> {
  const wanting = due.filter(each => typeof capableOwner(desk, each) === 'string')
  return new Set(wanting.flatMap(each => candidatesFor(desk, each).flatMap(tier => tier.map(({ id }) => id))))
}

async function readLoad(
  ctx: Context,
  run: { planId: string; at: Date },
  ids: ReadonlySet<string>,
): Promise<Map<string, number>> {
  const load = new Map<string, number>()
  await inParallel(ids, parallel, async id => {
    load.set(id, await countOpen(ctx, run, id))
  })
  return load
}

/** Open activities among a person's latest, those before the plan. */
async function countOpen(ctx: Context, { planId, at }: { planId: string; at: Date }, id: string): Promise<number> {
  const partition = { index: 'byOwner', pk: ownerPartition(id, activity.name) } as const
  const began = at.toISOString()
  let seen = 0
  let open = 0
  for (let after: string | undefined; ; ) {
    const { rows, isLast } = await readSlice(ctx.store, partition, { limit: mostCounted, descending: true, after })
    for (const { item } of rows) {
      const task = toRecord(item)
      if (task.fields['refreshPlanId'] === planId || task.createdAt > began || seen === mostCounted) continue
      seen += 1
      if (isOpen(task) && isToDo(task)) open += 1
    }
    after = rows.at(-1)?.sort
    if (isLast || after === undefined || seen === mostCounted) return open
  }
}

/** Notes and calls that were logged are no work to come. */
function isToDo({ fields }: Pick<StoredRecord, 'fields'>): boolean {
  return fields['type'] === 'task' || fields['dueAt'] !== undefined
}

import { allows, type RecordRule } from '#lib/permissions/rules.ts'
import { textOf } from '#lib/records/owner-of.ts'
import { isOpen, readPlanTasks } from '#lib/refresh/plan-tasks.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { RefreshPlanView } from '#schemas/api/refresh.ts'

type Counts = Pick<RefreshPlanView, 'total' | 'done' | 'canceled' | 'open' | 'overdue' | 'percentage'>

/** How far a plan is, counted from the tasks that a rule lets through; undefined when there are none of them. */
export async function viewPlan(
  ctx: Context,
  plan: StoredRecord,
  rule: RecordRule,
): Promise<RefreshPlanView | undefined> {
  const tasks = (await readPlanTasks(ctx, plan.id)).filter(task => allows(rule, task))
  // Who sees all tasks sees a plan too that has none left.
  if (tasks.length === 0 && rule !== true) return undefined
  const now = ctx.clock.now().toISOString()
  const { id, version, fields } = plan
  const counts = countTasks(tasks, now)
  const dueBy = textOf(fields['dueBy'])
  return {
    id,
    object: 'refreshPlan',
    version,
    state: stateOf(plan, counts),
    runId: textOf(fields['runId']) ?? '',
    startedAt: textOf(fields['startedAt']) ?? plan.createdAt,
    ...(dueBy !== undefined && { dueBy }),
    ...counts,
    byOwner: countByOwner(tasks, now),
  }
}

function stateOf({ fields }: StoredRecord, { open }: Counts): RefreshPlanView['state'] {
  if (fields['undone'] === true) return 'undone'
  return open === 0 ? 'done' : 'open'
}

function countByOwner(tasks: readonly StoredRecord[], now: string): RefreshPlanView['byOwner'] {
  const groups = Map.groupBy(tasks, ({ fields }) => textOf(fields['assigneeId']))
  const counted = [...groups].map(([ownerId, theirs]) => ({ ...(ownerId && { ownerId }), ...countTasks(theirs, now) }))
  return counted.toSorted(
    (a, b) => a.percentage - b.percentage || b.open - a.open || ((a.ownerId ?? '') < (b.ownerId ?? '') ? -1 : 1),
  )
}

function countTasks(tasks: readonly StoredRecord[], now: string): Counts {
  const open = tasks.filter(isOpen)
  const canceled = tasks.filter(({ fields }) => fields['status'] === 'canceled').length
  const done = tasks.length - open.length - canceled
  const overdue = open.filter(({ fields }) => (textOf(fields['dueAt']) ?? now) < now).length
  const percentage = open.length === 0 ? 100 : Math.floor((100 * done) / (done + open.length))
  return { total: tasks.length, done, canceled, open: open.length, overdue, percentage }
}

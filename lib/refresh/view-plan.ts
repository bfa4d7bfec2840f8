import { allows, type RecordRule } from '#lib/permissions/rules.ts'
import { textOf } from '#lib/records/owner-of.ts'
import { isOpen } from '#lib/refresh/plan-tasks.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { RefreshPlanView } from '#schemas/api/refresh.ts'

type Counts = Pick<RefreshPlanView, 'total' | 'done' | 'canceled' | 'open' | 'overdue'>

/** The tasks of a plan, as far as they were looked for, and which of them may be seen. */
type Seen = { tasks: AsyncIterable<StoredRecord> | Iterable<StoredRecord>; rule: RecordRule }

/** How far a plan is, counted from the tasks that a rule lets through; undefined when there are none of them. */
export async function viewPlan(
  ctx: Pick<Context, 'clock'>,
  plan: StoredRecord,
  { tasks, rule }: Seen,
): Promise<RefreshPlanView | undefined> {
  const now = ctx.clock.now().toISOString()
  const all = noCounts()
  const byOwner = new Map<string | undefined, Counts>()
  for await (const task of tasks) {
    if (!allows(rule, task)) continue
    const owner = textOf(task.fields['assigneeId'])
    const theirs = byOwner.get(owner) ?? noCounts()
    byOwner.set(owner, theirs)
    for (const counts of [all, theirs]) addTask(counts, task, now)
  }
  // Who sees all tasks sees a plan too that has none left.
  if (all.total === 0 && rule !== true) return undefined
  const { id, version, fields } = plan
  const dueBy = textOf(fields['dueBy'])
  return {
    id,
    object: 'refreshPlan',
    version,
    state: stateOf(plan, all),
    runId: textOf(fields['runId']) ?? '',
    startedAt: textOf(fields['startedAt']) ?? plan.createdAt,
    ...(dueBy !== undefined && { dueBy }),
    ...withPercentage(all),
    byOwner: inOrder(
      [...byOwner].map(([ownerId, counts]) => ({ ...(ownerId && { ownerId }), ...withPercentage(counts) })),
    ),
  }
}

function stateOf({ fields }: StoredRecord, { open }: Counts): RefreshPlanView['state'] {
  if (fields['undone'] === true) return 'undone'
  return open === 0 ? 'done' : 'open'
}

/** Who is furthest behind comes first. */
function inOrder(counted: RefreshPlanView['byOwner']): RefreshPlanView['byOwner'] {
  return counted.toSorted(
    (a, b) => a.percentage - b.percentage || b.open - a.open || ((a.ownerId ?? '') < (b.ownerId ?? '') ? -1 : 1),
  )
}

function noCounts(): Counts {
  return { total: 0, done: 0, canceled: 0, open: 0, overdue: 0 }
}

function addTask(counts: Counts, task: StoredRecord, now: string): void {
  const { fields } = task
  counts.total += 1
  if (fields['status'] === 'canceled') counts.canceled += 1
  else if (!isOpen(task)) counts.done += 1
  else {
    counts.open += 1
    if ((textOf(fields['dueAt']) ?? now) < now) counts.overdue += 1
  }
}

function withPercentage(counts: Counts): Counts & { percentage: number } {
  const { done, open } = counts
  return { ...counts, percentage: open === 0 ? 100 : Math.floor((100 * done) / (done + open)) }
}

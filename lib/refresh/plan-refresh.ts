import { type Assignment, assignTasks } from '#lib/refresh/assign-tasks.ts'
import { gatherDue } from '#lib/refresh/gather-due.ts'
import { planId as planIdOf, taskId } from '#lib/refresh/plan-ids.ts'
import { readDesk } from '#lib/refresh/read-desk.ts'
import type { RefreshItem, RefreshOutcome } from '#lib/refresh/refresh-outcome.ts'
import { decisionText } from '#lib/refresh/task-texts.ts'
import { type Made, writeTasks } from '#lib/refresh/write-tasks.ts'
import type { Context } from '#lib/runtime/context.ts'
import { policyOf } from '#lib/settings/policy.ts'
import type { StoredRecord } from '#lib/store/items.ts'

/** The run that a plan belongs to, and when it began: again with the same id and time is the same plan. */
export type RefreshRun = { runId: string; dryRun: boolean; at: Date }

/**
 * Makes a verification task for each stale record: its owner's, else of whoever may change it and has the least to do, with
 * due dates over the policy's working days and so many a day and person. A record with an open one gets no second one,
 * whoever plans at the same moment. Safe to stop and run again at any point: nothing is made twice.
 * @param stale the records of all objects, in any order; those that are not stale are passed over.
 */
export async function planRefresh(
  ctx: Context,
  run: RefreshRun,
  stale: AsyncIterable<StoredRecord> | Iterable<StoredRecord>,
): Promise<RefreshOutcome> {
  if (!policyOf(ctx).refresh.enabled) return outcomeOf([], 0)
  const planId = planIdOf(run)
  const { due, alreadyOpen, left } = await gatherDue(ctx, { ...run, planId }, stale)
  if (due.length === 0) return outcomeOf(alreadyOpen.map(alreadyOpenItem), left)
  const assignments = assignTasks(await readDesk(ctx, { planId, at: run.at }, due), due)
  const hasWork = assignments.some(({ outcome }) => outcome === 'assigned')
  const made = run.dryRun || !hasWork ? new Map<string, Made>() : await writeTasks(ctx, { ...run, planId }, assignments)
  const items = assignments.map(each => itemOf(ctx, each, made.get(taskId({ planId, at: run.at }, each.record.id))))
  const outcome = outcomeOf([...items, ...alreadyOpen.map(alreadyOpenItem)], left)
  return run.dryRun || !hasWork ? outcome : { planId, ...outcome }
}

function itemOf(ctx: Context, assignment: Assignment, made: Made | undefined): RefreshItem {
  const { object, record, outcome } = assignment
  const item = { recordId: record.id, object: object.name }
  if (outcome !== 'assigned') return { ...item, outcome }
  if (made && made.outcome !== 'created') return { ...item, ...made }
  const why = decisionText(ctx.tenant.locale, assignment)
  const assigned = { assigneeId: assignment.assignee.id, dueAt: assignment.dueAt }
  const { reason } = assignment
  return { ...item, outcome: 'created', ...assigned, ...made, reason, ...(why !== undefined && { why }) }
}

function alreadyOpenItem({ id, object }: Pick<StoredRecord, 'id' | 'object'>): RefreshItem {
  return { recordId: id, object, outcome: 'alreadyOpen' }
}

function outcomeOf(items: RefreshItem[], left: number): RefreshOutcome {
  const count = (outcome: RefreshItem['outcome']) => items.filter(item => item.outcome === outcome).length
  const tasks = new Map<string, number>()
  for (const { assigneeId } of items) if (assigneeId) tasks.set(assigneeId, (tasks.get(assigneeId) ?? 0) + 1)
  const byOwner = [...tasks].map(([ownerId, number]) => ({ ownerId, tasks: number }))
  return {
    created: count('created'),
    alreadyOpen: count('alreadyOpen'),
    unassigned: count('unassigned'),
    noRoom: count('noRoom'),
    failed: count('failed'),
    left,
    byOwner: byOwner.toSorted((a, b) => b.tasks - a.tasks || (a.ownerId < b.ownerId ? -1 : 1)),
    items,
  }
}

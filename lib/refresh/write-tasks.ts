import { textOf } from '#lib/records/owner-of.ts'
import type { Plan } from '#lib/records/plan.ts'
import { planFirst, planOnce } from '#lib/records/plan-once.ts'
import { writeRecord } from '#lib/records/write.ts'
import { type BulkOutcome, writeMany } from '#lib/records/write-many.ts'
import type { Assignment } from '#lib/refresh/assign-tasks.ts'
import { verificationDue } from '#lib/refresh/is-stale.ts'
import { taskId } from '#lib/refresh/plan-ids.ts'
import { verificationTexts } from '#lib/refresh/task-texts.ts'
import { taskLink } from '#lib/refresh/verification-link.ts'
import type { Context } from '#lib/runtime/context.ts'
import { policyOf } from '#lib/settings/policy.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecords } from '#lib/store/read.ts'
import type { JsonObject } from '#schemas/json.ts'
import { activity } from '#schemas/objects/activity.ts'
import { refreshPlan } from '#schemas/system/refresh-plan.ts'

/** What became of one task: as it is stored when an earlier try made it, or why there is none. */
export type Made =
  | { outcome: 'created'; assigneeId: string; dueAt: string }
  | { outcome: 'alreadyOpen' }
  | { outcome: 'failed'; problem: string }

type Assigned = Extract<Assignment, { outcome: 'assigned' }>
type Run = { runId: string; planId: string; at: Date }

/** 500 tasks are planned and written at a time. */
const atOnce = 500

/** Writes a plan and its tasks; those that an earlier try wrote stay as they are. Answers by the ids of the tasks. */
export async function writeTasks(
  ctx: Context,
  run: Run,
  assignments: readonly Assignment[],
): Promise<Map<string, Made>> {
  const assigned = assignments.filter(each => each.outcome === 'assigned')
  await writePlan(ctx, run, assigned)
  const made = new Map<string, Made>()
  for (let from = 0; from < assigned.length; from += atOnce) {
    const plans = assigned.slice(from, from + atOnce).map(each => planTask(ctx, run, each))
    const existing = await readRecords(
      ctx.store,
      plans.map(({ after }) => after.id),
    )
    const fresh = plans.filter(({ after }) => !existing.has(after.id))
    const outcomes = await writeMany(
      ctx,
      fresh.map(plan => ({ plan, replan: () => replanned(ctx, plan) })),
    )
    for (const { after } of plans) made.set(after.id, madeOf(existing.get(after.id) ?? after))
    fresh.forEach(({ after }, i) => {
      const failure = failureOf(outcomes[i])
      if (failure) made.set(after.id, failure)
    })
  }
  return made
}

async function writePlan(ctx: Context, { runId, planId, at }: Run, assigned: readonly Assigned[]): Promise<void> {
  const dueBy = assigned
    .map(({ dueAt }) => dueAt)
    .toSorted()
    .at(-1)
  const fields = { runId, startedAt: at.toISOString(), planned: assigned.length, ...(dueBy && { dueBy }) }
  const record = { id: planId, fields, at: ctx.clock.now().toISOString() }
  await writeRecord(ctx, () => planOnce(ctx, refreshPlan, record), {})
}

function planTask(ctx: Context, run: Run, assigned: Assigned): Plan {
  const { object, record, assignee, dueAt } = assigned
  const { at, planId } = run
  const staleSince = verificationDue(object, record, policyOf(ctx)) ?? at
  const fields: JsonObject = {
    type: 'task',
    status: 'planned',
    purpose: 'verify',
    ...verificationTexts(ctx.tenant, assigned, { at, staleSince }),
    [taskLink(object) ?? '']: record.id,
    verifies: record.id,
    refreshPlanId: planId,
    assigneeId: assignee.id,
    ...(assignee.teamId !== undefined && { teamId: assignee.teamId }),
    dueAt,
  }
  const task = { id: taskId(run, record.id), fields, at: ctx.clock.now().toISOString() }
  return { ...planFirst(ctx, activity, task), requestId: planId }
}

/** Its plan again, or nothing to do where an earlier try has written it. */
async function replanned(ctx: Context, { after: { id, fields, createdAt: at }, requestId }: Plan): Promise<Plan> {
  return { ...(await planOnce(ctx, activity, { id, fields, at })), ...(requestId !== undefined && { requestId }) }
}

function madeOf({ fields }: Pick<StoredRecord, 'fields'>): Made {
  return {
    outcome: 'created',
    assigneeId: textOf(fields['assigneeId']) ?? '',
    dueAt: textOf(fields['dueAt']) ?? '',
  }
}

/** The claim on a record tells of another plan's task; anything else wrong with one task stops no other. */
function failureOf(outcome: BulkOutcome | undefined): Made | undefined {
  if (!outcome || !('error' in outcome)) return undefined
  if (outcome.error.code === 'unique_violation') return { outcome: 'alreadyOpen' }
  return { outcome: 'failed', problem: outcome.error.message }
}

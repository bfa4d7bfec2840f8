import { compileObject } from '#lib/records/compile.ts'
import { firstVersion } from '#lib/records/next-state.ts'
import { textOf } from '#lib/records/owner-of.ts'
import type { Plan } from '#lib/records/plan.ts'
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
import { readRecord, readRecords } from '#lib/store/read.ts'
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
      fresh.map(plan => ({ plan, replan: () => foundOr(ctx, plan) })),
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
  const after = newRecord(ctx, { id: planId, object: refreshPlan.name, fields })
  const plan: Plan = { object: compileObject(refreshPlan, ctx.tenant), before: undefined, after, action: 'created' }
  await writeRecord(ctx, () => foundOr(ctx, plan), {})
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
  const after = newRecord(ctx, { id: taskId(run, record.id), object: activity.name, fields })
  const compiled = compileObject(activity, ctx.tenant)
  return { object: compiled, before: undefined, after, action: 'created', requestId: planId }
}

function newRecord(ctx: Context, record: Pick<StoredRecord, 'id' | 'object' | 'fields'>): StoredRecord {
  return firstVersion(record, { at: ctx.clock.now().toISOString(), by: ctx.actor.id })
}

/** A new record's plan, or nothing to do where an earlier try has written it. */
async function foundOr(ctx: Context, plan: Plan): Promise<Plan> {
  const own = await readRecord(ctx.store, plan.after.id)
  return own ? { object: plan.object, before: own, after: own, action: 'unchanged' } : plan
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

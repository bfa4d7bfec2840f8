import { compileObject } from '#lib/records/compile.ts'
import { nextVersion } from '#lib/records/next-state.ts'
import type { Plan } from '#lib/records/plan.ts'
import { writeRecord } from '#lib/records/write.ts'
import { type BulkWrite, writeMany } from '#lib/records/write-many.ts'
import { planId as planIdOf } from '#lib/refresh/plan-ids.ts'
import { readPlanTasks } from '#lib/refresh/plan-tasks.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecord } from '#lib/store/read.ts'
import { activity } from '#schemas/objects/activity.ts'
import { refreshPlan } from '#schemas/system/refresh-plan.ts'

/**
 * Takes back the plan of a run: its tasks go into the recycle bin, except those that somebody has done or changed since.
 * Safe to repeat: `removed` counts what this call removed.
 */
export async function undoRefresh(
  ctx: Context,
  run: { runId: string; at: Date },
): Promise<{ removed: number; kept: number }> {
  const planId = planIdOf(run)
  const tasks = await readPlanTasks(ctx, planId)
  const untouched = tasks.filter(({ version }) => version === 1)
  const outcomes = await writeMany(
    ctx,
    untouched.map(task => removal(ctx, task)),
  )
  const removed = outcomes.filter(outcome => !('error' in outcome) && outcome.action === 'deleted').length
  await markUndone(ctx, planId)
  return { removed, kept: tasks.length - removed }
}

/** A task that is changed before it is removed stays. */
function removal(ctx: Context, task: StoredRecord): BulkWrite {
  const object = compileObject(activity, ctx.tenant)
  const remove = (before: StoredRecord): Plan => {
    const next = nextVersion(ctx, before, before.fields)
    return { object, before, after: { ...next, deletedAt: next.updatedAt }, action: 'deleted' }
  }
  const replan = async (): Promise<Plan> => {
    const now = (await readRecord(ctx.store, task.id)) ?? task
    return now.version === 1 ? remove(now) : { object, before: now, after: now, action: 'unchanged' }
  }
  return { plan: remove(task), replan }
}

async function markUndone(ctx: Context, planId: string): Promise<void> {
  const first = await readRecord(ctx.store, planId)
  if (!first || first.fields['undone'] === true) return
  await writeRecord(
    ctx,
    async () => {
      const before = (await readRecord(ctx.store, planId)) ?? first
      const object = compileObject(refreshPlan, ctx.tenant)
      const after = nextVersion(ctx, before, { ...before.fields, undone: true })
      return { object, before, after, action: 'updated' }
    },
    {},
  )
}

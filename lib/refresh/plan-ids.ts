import { derivedId } from '#lib/runtime/ids.ts'
import { activity } from '#schemas/objects/activity.ts'
import { refreshPlan } from '#schemas/system/refresh-plan.ts'

/** The id of a run's plan. */
export function planId({ runId, at }: { runId: string; at: Date }): string {
  return derivedId(refreshPlan.prefix, { at, seed: `${runId}/refresh` })
}

/** The id of a plan's task for a record: planned again, it is found. */
export function taskId(plan: { planId: string; at: Date }, recordId: string): string {
  return derivedId(activity.prefix, { at: plan.at, seed: `${plan.planId}/${recordId}` })
}

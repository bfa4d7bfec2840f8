import type { Context } from '#lib/runtime/context.ts'
import { nextRun } from '#lib/schedules/next-run.ts'
import { policyOf } from '#lib/settings/policy.ts'
import type { JsonObject } from '#schemas/json.ts'
import { startableKinds } from '#schemas/system/run.ts'

/** When each kind of run comes next by itself. */
export function nextRuns(ctx: Context): JsonObject[] {
  const policy = policyOf(ctx)
  return startableKinds.map(kind => {
    const { enabled, timeZone = ctx.tenant.timeZone, ...recurrence } = { dayOfMonth: 1, ...policy[kind] }
    const nextRunAt = enabled ? nextRun(recurrence, { timeZone, after: ctx.clock.now() }) : undefined
    return { kind, enabled, ...(nextRunAt !== undefined && { nextRunAt }) }
  })
}

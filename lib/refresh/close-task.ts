import { compileObject } from '#lib/records/compile.ts'
import { nextVersion } from '#lib/records/next-state.ts'
import type { Plan } from '#lib/records/plan.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { JsonObject } from '#schemas/json.ts'
import { activity } from '#schemas/objects/activity.ts'

/** A task with other values; its claim on the record it verifies is given up unless `verifies` is among them. */
export function planTaskChange(ctx: Context, task: StoredRecord, values: JsonObject): Plan {
  const { verifies: _given, ...rest } = task.fields
  const after = nextVersion(ctx, task, { ...rest, ...values })
  return { object: compileObject(activity, ctx.tenant), before: task, after, action: 'updated' }
}

/** A task as it is when its work is done. */
export function planTaskDone(ctx: Context, task: StoredRecord, note: string | undefined): Plan {
  const at = ctx.clock.now().toISOString()
  return planTaskChange(ctx, task, {
    status: 'done',
    occurredAt: task.fields['occurredAt'] ?? at,
    ...(note !== undefined && { outcome: note }),
  })
}

import { compileObject } from '#lib/records/compile.ts'
import { firstVersion } from '#lib/records/next-state.ts'
import type { Plan } from '#lib/records/plan.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readRecord } from '#lib/store/read.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { JsonObject } from '#schemas/json.ts'

/** A record of a job, with an id that is made of what it is about; `at`: when it came to be, RFC 3339. */
export type OnceRecord = { id: string; fields: JsonObject; at: string }

/** Plans a record that a job writes once: whatever has its id already stays as it is, so a job may come here again. */
export async function planOnce(ctx: Context, object: ObjectDefinition, record: OnceRecord): Promise<Plan> {
  const existing = await readRecord(ctx.store, record.id)
  if (!existing) return planFirst(ctx, object, record)
  return { object: compileObject(object, ctx.tenant), before: existing, after: existing, action: 'unchanged' }
}

/** Plans a record that is known to be missing. */
export function planFirst(ctx: Context, object: ObjectDefinition, { id, fields, at }: OnceRecord): Plan {
  const after = firstVersion({ id, object: object.name, fields }, { at, by: ctx.actor.id })
  return { object: compileObject(object, ctx.tenant), before: undefined, after, action: 'created' }
}

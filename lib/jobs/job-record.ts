import { loadJob } from '#lib/jobs/load-job.ts'
import { compileObject } from '#lib/records/compile.ts'
import { nextVersion } from '#lib/records/next-state.ts'
import { planFirst } from '#lib/records/plan-once.ts'
import { type Written, writeRecord } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { JsonObject } from '#schemas/json.ts'

/** Writes the record of a new job, owned by the actor; jobs write records that clients only read. */
export function createJob(ctx: Context, object: ObjectDefinition, fields: JsonObject): Promise<Written> {
  const id = ctx.ids.next(object.prefix)
  const at = ctx.clock.now().toISOString()
  const plan = planFirst(ctx, object, { id, fields: { ...fields, ownerId: ctx.actor.id }, at })
  return writeRecord(ctx, async () => plan, {})
}

/**
 * Changes the record of a job. `change` gives the fields to set, none to leave all as it is; it is asked again when the
 * record was changed meanwhile, and may refuse by throwing.
 * @returns the record as it was written; as it is now where an earlier request with the same Idempotency-Key did it.
 */
export async function changeJob(
  ctx: Context,
  job: { object: ObjectDefinition; id: string },
  change: (record: StoredRecord) => JsonObject | undefined | Promise<JsonObject | undefined>,
): Promise<StoredRecord> {
  const object = compileObject(job.object, ctx.tenant)
  let latest: StoredRecord | undefined
  const { replayed } = await writeRecord(
    ctx,
    async () => {
      const before = await loadJob(ctx, job.object, job.id)
      const changes = await change(before)
      latest = changes ? nextVersion(ctx, before, { ...before.fields, ...changes }) : before
      return { object, before, after: latest, action: changes ? 'updated' : 'unchanged' }
    },
    {},
  )
  return replayed || !latest ? loadJob(ctx, job.object, job.id) : latest
}

import { notFound } from '#lib/errors.ts'
import { allows, recordRule } from '#lib/permissions/rules.ts'
import type { Context } from '#lib/runtime/context.ts'
import { isTypeId } from '#lib/runtime/ids.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecord } from '#lib/store/read.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/**
 * The record of a job that the actor asked for, or may see by its role.
 * @throws CrmError `not_found`.
 */
export async function loadJob(ctx: Context, object: ObjectDefinition, id: string): Promise<StoredRecord> {
  const job = isTypeId(id, object.prefix) ? await readRecord(ctx.store, id) : undefined
  if (job?.object !== object.name || job.deletedAt !== undefined) throw notFound(object.name, id)
  const isOwn = job.fields['ownerId'] === ctx.actor.id
  if (!isOwn && !allows(recordRule(ctx.actor, object, 'read'), job)) throw notFound(object.name, id)
  return job
}

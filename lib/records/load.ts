import { notFound, outOfReach, recordMerged, versionConflict } from '#lib/errors.ts'
import type { Verb } from '#lib/permissions/actor.ts'
import { allows, type RecordRule, recordRule } from '#lib/permissions/rules.ts'
import { readSurvivor } from '#lib/records/survivor.ts'
import type { Context } from '#lib/runtime/context.ts'
import { isTypeId } from '#lib/runtime/ids.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecord } from '#lib/store/read.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** Which record, to do what with. */
export type Target = {
  object: ObjectDefinition
  id: string
  verb: Verb
  /** Look in the recycle bin too. */
  withDeleted?: boolean
  /** Say where an absorbed record went, instead of that it is gone. */
  followMerged?: boolean
}

/**
 * Reads a record that the actor may do this to.
 * @throws CrmError `not_found` when there is none, it is deleted, or the actor may not: the same answer for all;
 * `record_merged` with `followMerged` when it was absorbed by a record that the actor may see.
 */
export async function loadRecord(ctx: Context, target: Target): Promise<StoredRecord> {
  const { object, id, verb, withDeleted = false, followMerged = false } = target
  if (!isTypeId(id, object.prefix)) throw notFound(object.name, id)
  const record = await readRecord(ctx.store, id)
  if (record?.mergedInto && followMerged) await refuseMerged(ctx, target, record)
  if (!record || (record.deletedAt && !withDeleted)) throw notFound(object.name, id)
  if (!allows(recordRule(ctx.actor, object, 'read'), record)) throw notFound(object.name, id)
  if (!allows(recordRule(ctx.actor, object, verb), record)) throw notFound(object.name, id, verb)
  return record
}

/**
 * Leads on from an absorbed record to its survivor.
 * @throws CrmError `record_merged` when the actor may see both.
 */
export async function refuseMerged(
  ctx: Context,
  { object, verb }: Pick<Target, 'object' | 'verb'>,
  absorbed: StoredRecord,
): Promise<void> {
  const isReachable = (record: StoredRecord) =>
    allows(recordRule(ctx.actor, object, 'read'), record) && allows(recordRule(ctx.actor, object, verb), record)
  const survivor = isReachable(absorbed) ? await readSurvivor(ctx.store, absorbed) : undefined
  if (survivor && survivor.deletedAt === undefined && isReachable(survivor))
    throw recordMerged(absorbed.id, survivor.id)
}

/**
 * The rule for a verb, when it lets anything through at all.
 * @throws CrmError `not_found` when the actor's role does not reach the object.
 */
export function reachableRule(ctx: Context, object: ObjectDefinition, verb: Verb): RecordRule {
  const rule = recordRule(ctx.actor, object, verb)
  if (rule === false) throw outOfReach(object.name, verb)
  return rule
}

/**
 * Checks the version that the caller saw; undefined means it did not say.
 * @throws CrmError `version_conflict` with the version the record is at.
 */
export function checkVersion(record: StoredRecord, ifVersions: readonly number[] | undefined): void {
  if (ifVersions && !ifVersions.includes(record.version)) throw versionConflict(record.id, record.version)
}

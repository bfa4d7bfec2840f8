import { invalidAt } from '#lib/errors.ts'
import { compileObject } from '#lib/records/compile.ts'
import { checkVersion, loadRecord } from '#lib/records/load.ts'
import { nextVersion } from '#lib/records/next-state.ts'
import type { Plan } from '#lib/records/plan.ts'
import { type Written, writeRecord } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import { matchPartition } from '#lib/store/keys.ts'
import { readSlice } from '#lib/store/query.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** A record to put into the recycle bin, or to take out of it. */
export type RecordRequest = {
  object: ObjectDefinition
  id: string
  ifVersions?: readonly number[] | undefined
  dryRun?: boolean | undefined
}

/**
 * Puts a record into the recycle bin; its unique values are free for others from then on.
 * @throws CrmError version_conflict, not_found, validation_failed while other records depend on it.
 */
export function removeRecord(ctx: Context, request: RecordRequest): Promise<Written> {
  const { dryRun, ifVersions } = request
  return writeRecord(ctx, () => planRemove(ctx, request), { dryRun, isConditional: ifVersions !== undefined })
}

/** Works out a deletion without writing it. */
export async function planRemove(ctx: Context, { object, id, ifVersions }: RecordRequest): Promise<Plan> {
  const before = await loadRecord(ctx, { object, id, verb: 'delete' })
  checkVersion(before, ifVersions)
  await checkDependents(ctx, object, id)
  const next = nextVersion(ctx, before, before.fields)
  const after = { ...next, deletedAt: next.updatedAt }
  return { object: compileObject(object, ctx.tenant), before, after, action: 'deleted' }
}

async function checkDependents(ctx: Context, object: ObjectDefinition, id: string): Promise<void> {
  for (const other of ctx.objects.all)
    for (const [name, field] of Object.entries(other.fields)) {
      if (field.type !== 'reference' || field.to !== object.name || !field.restrictDelete) continue
      const partition = { pk: matchPartition(other.name, name, id) }
      const { rows } = await readSlice(ctx.store, partition, { limit: 1, descending: false })
      const detail = `${id} is still the ${name} of ${rows[0]?.item['id']}; change that ${other.name} first.`
      if (rows.length > 0) throw invalidAt('', 'still_referenced', detail)
    }
}

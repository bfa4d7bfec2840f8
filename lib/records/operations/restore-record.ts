import { mergeConflict } from '#lib/errors.ts'
import { compileObject } from '#lib/records/compile.ts'
import { checkVersion, loadRecord } from '#lib/records/load.ts'
import { nextVersion } from '#lib/records/next-state.ts'
import type { RecordRequest } from '#lib/records/operations/remove-record.ts'
import type { Plan } from '#lib/records/plan.ts'
import { type Written, writeRecord } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'

/**
 * Takes a record out of the recycle bin; one that is not in it stays as it is.
 * @throws CrmError version_conflict, not_found, unique_violation when another record took a unique value meanwhile, merge_conflict
 * for one that was absorbed.
 */
export function restoreRecord(ctx: Context, request: RecordRequest): Promise<Written> {
  const { dryRun, ifVersions } = request
  return writeRecord(ctx, () => planRestore(ctx, request), { dryRun, isConditional: ifVersions !== undefined })
}

async function planRestore(ctx: Context, { object, id, ifVersions }: RecordRequest): Promise<Plan> {
  const before = await loadRecord(ctx, { object, id, verb: 'delete', withDeleted: true })
  checkVersion(before, ifVersions)
  if (before.mergedInto !== undefined) {
    const detail = `${id} is not deleted: it was merged into ${before.mergedInto}. Undo that merge to have it back.`
    throw mergeConflict(detail, { mergedInto: before.mergedInto })
  }
  const compiled = compileObject(object, ctx.tenant)
  if (before.deletedAt === undefined) return { object: compiled, before, after: before, action: 'unchanged' }
  return { object: compiled, before, after: nextVersion(ctx, before, before.fields), action: 'restored' }
}

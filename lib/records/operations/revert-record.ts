import { invalidAt } from '#lib/errors.ts'
import { compileObject } from '#lib/records/compile.ts'
import { diffFields } from '#lib/records/diff.ts'
import { checkVersion, loadRecord } from '#lib/records/load.ts'
import { checkFieldAccess, parseVersion } from '#lib/records/next-state.ts'
import type { RecordRequest } from '#lib/records/operations/remove-record.ts'
import { planFields } from '#lib/records/operations/update-record.ts'
import type { Plan } from '#lib/records/plan.ts'
import { recordAtVersion } from '#lib/records/rewind.ts'
import { type Written, writeRecord } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'

/** A record and the version whose fields it is to have again. */
export type RevertRequest = RecordRequest & { toVersion: unknown }

/**
 * Undoes changes: writes a new version whose fields equal those of an old one.
 * @throws CrmError validation_failed for a version that never was, version_conflict, unique_violation, not_found.
 */
export function revertRecord(ctx: Context, request: RevertRequest): Promise<Written> {
  const { dryRun, ifVersions } = request
  return writeRecord(ctx, () => planRevert(ctx, request), { dryRun, isConditional: ifVersions !== undefined })
}

/** Works out a return to an old version without writing it. */
export async function planRevert(ctx: Context, { object, id, toVersion, ifVersions }: RevertRequest): Promise<Plan> {
  const version = parseVersion(toVersion)
  const before = await loadRecord(ctx, { object, id, verb: 'update' })
  checkVersion(before, ifVersions)
  const then = await recordAtVersion(ctx.store, before, version)
  if (!then || then.deletedAt !== undefined) {
    const detail = `${id} has no version ${version} to return to; its history lists versions 1 to ${before.version}.`
    throw invalidAt('/toVersion', 'unknown_version', detail)
  }
  const compiled = compileObject(object, ctx.tenant)
  const changed = Object.keys(diffFields(before.fields, then.fields))
  checkFieldAccess(ctx, compiled, changed)
  // Every field counts as written: the team stays the old version's, not the old owner's present one.
  const written = [...compiled.fields.keys()]
  return planFields(ctx, compiled, { before, fields: then.fields, written, action: 'reverted' })
}

import { checkStandards } from '#lib/records/check-standards.ts'
import { type CompiledObject, compileObject } from '#lib/records/compile.ts'
import { derive } from '#lib/records/derive.ts'
import { diffFields } from '#lib/records/diff.ts'
import { parseInput, requireFields } from '#lib/records/input.ts'
import { checkVersion, loadRecord } from '#lib/records/load.ts'
import { mergePatch } from '#lib/records/merge-patch.ts'
import { applyInput, checkFieldAccess, nextVersion, settleReferences } from '#lib/records/next-state.ts'
import type { Plan } from '#lib/records/plan.ts'
import { type Written, writeRecord } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import { isJsonObject, type JsonObject } from '#schemas/json.ts'

/** A merge patch (RFC 7396) for a record, on condition of its version when `ifVersions` is given. */
export type UpdateRequest = {
  object: ObjectDefinition
  id: string
  patch: unknown
  ifVersions?: readonly number[] | undefined
  dryRun?: boolean | undefined
}

/**
 * Changes a record. A patch that changes nothing writes nothing and keeps the version.
 * @throws CrmError validation_failed, unknown_field, field_read_only, unique_violation, version_conflict, not_found, record_merged.
 */
export function updateRecord(ctx: Context, request: UpdateRequest): Promise<Written> {
  const { dryRun, ifVersions } = request
  return writeRecord(ctx, () => planUpdate(ctx, request), { dryRun, isConditional: ifVersions !== undefined })
}

/** Works out a change without writing it. */
export async function planUpdate(ctx: Context, request: UpdateRequest): Promise<Plan> {
  const { object, id, patch, ifVersions } = request
  const before = await loadRecord(ctx, { object, id, verb: 'update', followMerged: true })
  checkVersion(before, ifVersions)
  const compiled = compileObject(object, ctx.tenant)
  const input = await parseInput(compiled, mergeObjects(compiled, before.fields, patch))
  const written = [...Object.keys(input.set), ...input.clear]
  checkFieldAccess(ctx, compiled, written)
  return planFields(ctx, compiled, { before, fields: applyInput(before.fields, input), written })
}

/** Works out a record's change to these fields: references checked, required fields there, nothing written if nothing changes. */
export async function planFields(
  ctx: Context,
  compiled: CompiledObject,
  next: { before: StoredRecord; fields: JsonObject; written: readonly string[]; action?: 'updated' | 'reverted' },
): Promise<Plan> {
  const { before, written, action = 'updated' } = next
  requireFields(compiled, next.fields)
  const settled = await settleReferences(ctx, compiled, { before: before.fields, after: next.fields, written })
  const fields = await derive(ctx, compiled.definition, { before: before.fields, fields: settled })
  if (Object.keys(diffFields(before.fields, fields)).length === 0)
    return { object: compiled, before, after: before, action: 'unchanged' }
  const after = nextVersion(ctx, before, fields)
  // What an old version had was right when it was entered.
  if (action === 'updated') await checkStandards(ctx, compiled, { before, after })
  return { object: compiled, before, after, action }
}

/** Fields that hold one object, such as an address, are merged part by part; all others are replaced. */
function mergeObjects(compiled: CompiledObject, fields: JsonObject, patch: unknown): unknown {
  if (!isJsonObject(patch)) return patch
  return Object.fromEntries(
    Object.entries(patch).map(([name, value]) => {
      const isMerged = compiled.fields.has(name) && isJsonObject(value)
      return [name, isMerged ? mergePatch(fields[name], value) : value]
    }),
  )
}

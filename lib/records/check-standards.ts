import { type FieldProblem, invalid, pointerTo } from '#lib/errors.ts'
import { fieldAccess } from '#lib/permissions/rules.ts'
import { systemActor } from '#lib/permissions/system-actor.ts'
import type { CompiledObject } from '#lib/records/compile.ts'
import { diffFields } from '#lib/records/diff.ts'
import type { Context } from '#lib/runtime/context.ts'
import { policyOf } from '#lib/settings/policy.ts'
import type { StoredRecord } from '#lib/store/items.ts'

/**
 * Holds what is entered against the tenant's entry standards: all of a new record, and of a record that exists only what
 * changes, so that old data stands in nobody's way. Fields that the actor may not change are left to the quality report.
 * @throws CrmError `validation_failed` naming every field that does not meet them, and how it would.
 */
export async function checkStandards(
  ctx: Context,
  { definition }: CompiledObject,
  { before, after }: { before: StoredRecord | undefined; after: StoredRecord },
): Promise<void> {
  const standards = policyOf(ctx).standards[definition.name]
  // What the product itself makes, such as a task, is complete by its own rules.
  if (!standards || (!before && ctx.actor.id === systemActor.id)) return
  // Loaded when needed: most tenants have standards for few objects, or none.
  const { brokenStandards, withFound } = await import('#lib/settings/entry-standards.ts')
  const changes = before && diffFields(before.fields, after.fields)
  const problems = brokenStandards(definition, after.fields, standards)
    .filter(({ field }) => !changes || Object.hasOwn(changes, field))
    .filter(({ field }) => fieldAccess(ctx.actor, definition.name, field) === 'editable')
    .map((broken): FieldProblem => ({ pointer: pointerTo(broken.field), code: broken.code, detail: withFound(broken) }))
  if (problems.length > 0) throw invalid(problems)
}

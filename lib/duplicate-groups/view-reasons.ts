import type { Reason } from '#lib/duplicates/types.ts'
import { fieldAccess } from '#lib/permissions/rules.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** Reasons as the actor may see them: what is hidden is no reason that can be told. */
export function viewReasons(
  ctx: Pick<Context, 'actor'>,
  object: ObjectDefinition,
  reasons: readonly Reason[],
): Reason[] {
  return reasons
    .filter(({ field }) => fieldAccess(ctx.actor, object.name, field) !== 'hidden')
    .map(({ field, code, detail, weight }) => ({ field, code, detail, weight }))
}

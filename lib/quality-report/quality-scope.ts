import { invalidAt } from '#lib/errors.ts'
import { recordRule } from '#lib/permissions/rules.ts'
import { tenantPart } from '#lib/quality-report/snapshot-parts.ts'
import { reachableRule } from '#lib/records/load.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** An object whose quality the actor may see, how far, and the part of a snapshot that has it. */
export type QualityScope = { object: ObjectDefinition; scope: 'own' | 'team' | 'all'; part: string }

/** The objects whose quality the actor may see: as far as it may read their records, and no further. */
export function qualityScopes(ctx: Context): QualityScope[] {
  return ctx.objects.all.flatMap(object => scopeOf(ctx, object) ?? [])
}

/**
 * How far the actor may see the quality of one object.
 * @throws CrmError validation_failed for what is no object with a quality; not_found when the role does not reach it.
 */
export function qualityScope(ctx: Context, name: string): QualityScope {
  const object = ctx.objects.byPlural.get(name) ?? ctx.objects.byName.get(name)
  if (!object || object.system) {
    const names = ctx.objects.all.flatMap(({ plural, system }) => (system ? [] : [plural]))
    const detail = `${name.slice(0, 60)} have no quality score; name one of ${names.join(', ')}.`
    throw invalidAt('?object', 'unknown_object', detail)
  }
  reachableRule(ctx, object, 'read')
  const scope = scopeOf(ctx, object)
  if (!scope) throw new Error(`${object.name} can be reached but has no scope`)
  return scope
}

function scopeOf({ actor }: Context, object: ObjectDefinition): QualityScope | undefined {
  const rule = object.system ? false : recordRule(actor, object, 'read')
  if (rule === false) return undefined
  if (rule === true) return { object, scope: 'all', part: tenantPart }
  // Who is in no team sees no more than their own.
  if (rule.scope === 'team' && actor.teamId !== undefined) return { object, scope: 'team', part: actor.teamId }
  return { object, scope: 'own', part: actor.id }
}

import { invalidAt } from '#lib/errors.ts'
import { fieldAccess } from '#lib/permissions/rules.ts'
import { reachableRule } from '#lib/records/load.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Mapping } from '#lib/transfer/mapping/propose-mapping.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/**
 * The object that rows are to become, by its plural or name: whoever may create a record may import some.
 * @throws CrmError `validation_failed` when there is no such object, `not_found` when the actor may not create its records.
 */
export function targetNamed(ctx: Context, name: string): ObjectDefinition {
  const target = ctx.objects.byPlural.get(name) ?? ctx.objects.byName.get(name)
  if (!target || target.readOnly) {
    const names = ctx.objects.all.flatMap(({ plural, readOnly }) => (readOnly ? [] : [plural])).join(', ')
    throw invalidAt('/object', 'unknown_object', `There is no object "${name}" to import; there are ${names}.`)
  }
  reachableRule(ctx, target, 'create')
  return target
}

/**
 * Refuses a mapping to fields that the actor may not write, before each row is refused for it.
 * @throws CrmError `field_read_only` naming each column.
 */
export function checkMappedAccess(ctx: Context, target: ObjectDefinition, mapping: Mapping): void {
  for (const [header, path] of Object.entries(mapping)) {
    const [field = ''] = path.split('.')
    if (field === '' || fieldAccess(ctx.actor, target.name, field) === 'editable') continue
    const detail = `Your role may not set ${field} of a ${target.name}; map column "${header}" to '' to leave it out.`
    throw invalidAt(`/mapping/${header.replaceAll('~', '~0').replaceAll('/', '~1')}`, 'field_read_only', detail)
  }
}

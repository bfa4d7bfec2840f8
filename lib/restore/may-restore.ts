import { invalidAt, outOfReach } from '#lib/errors.ts'
import { mayRun } from '#lib/maintenance/may-run.ts'
import { scopeOf, seesWhole } from '#lib/permissions/rules.ts'
import type { Context } from '#lib/runtime/context.ts'
import { isTypeId, prefixOf } from '#lib/runtime/ids.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/**
 * Checks that the actor may restore records of an object: it sees all of them whole, and may make and change any.
 * @throws CrmError `not_found`.
 */
function mayRestore(ctx: Context, object: ObjectDefinition): void {
  mayRun(ctx, 'create')
  const mayWrite = (['create', 'update'] as const).every(verb => scopeOf(ctx.actor, object.name, verb) === 'all')
  if (object.readOnly || !mayWrite || !seesWhole(ctx.actor, object)) throw outOfReach(object.name, 'restore')
}

/**
 * The object whose records are to be restored, by its plural or name.
 * @throws CrmError `validation_failed` naming those there are, `not_found` when the actor may not restore it.
 */
export function objectToRestore(ctx: Context, name: string): ObjectDefinition {
  const object = ctx.objects.byPlural.get(name) ?? ctx.objects.byName.get(name)
  if (!object || object.readOnly) {
    const names = ctx.objects.all.flatMap(({ plural, readOnly }) => (readOnly ? [] : [plural])).join(', ')
    throw invalidAt('/object', 'unknown_object', `There is no object "${name}" to restore; there are ${names}.`)
  }
  mayRestore(ctx, object)
  return object
}

/**
 * The object that a record's id names.
 * @throws CrmError as `objectToRestore`; `pointer` is the id's place in the request.
 */
export function objectOfId(ctx: Context, id: string, pointer: string): ObjectDefinition {
  const object = ctx.objects.all.find(({ prefix }) => prefix === prefixOf(id))
  if (!object || object.readOnly || !isTypeId(id, object.prefix))
    throw invalidAt(pointer, 'unknown_record', `${id} is not the id of a record that can be restored; leave it out.`)
  mayRestore(ctx, object)
  return object
}

import { outOfReach } from '#lib/errors.ts'
import type { Verb } from '#lib/permissions/actor.ts'
import type { Context } from '#lib/runtime/context.ts'
import { run } from '#schemas/system/run.ts'

/**
 * Checks that the actor may start runs (`create`), see them (`read`), or cancel and undo them (`update`). A run works on
 * all records, so nothing less than all will do.
 * @throws CrmError `not_found`.
 */
export function mayRun({ actor }: Context, verb: Exclude<Verb, 'delete'>): void {
  const scopes = actor.role.scopes.get(run.name) ?? actor.role.scopes.get('*')
  if (scopes?.[verb] !== 'all') throw outOfReach(run.label.en.toLowerCase(), verb)
}

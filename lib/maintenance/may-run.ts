import { outOfReach } from '#lib/errors.ts'
import type { Verb } from '#lib/permissions/actor.ts'
import { scopeOf } from '#lib/permissions/rules.ts'
import type { Context } from '#lib/runtime/context.ts'
import { run } from '#schemas/system/run.ts'

/**
 * Checks that the actor may start runs (`create`), see them (`read`), or cancel and undo them (`update`). A run works on
 * all records, so nothing less than all will do.
 * @throws CrmError `not_found`.
 */
export function mayRun({ actor }: Context, verb: Exclude<Verb, 'delete'>): void {
  if (scopeOf(actor, run.name, verb) !== 'all') throw outOfReach(run.label.en.toLowerCase(), verb)
}

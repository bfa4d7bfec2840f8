import { outOfReach } from '#lib/errors.ts'
import { scopeOf } from '#lib/permissions/rules.ts'
import type { Context } from '#lib/runtime/context.ts'
import { accessAlert } from '#schemas/system/access-alert.ts'

/**
 * Checks that the actor may ask the access log: who sees all access alerts may.
 * @throws CrmError `not_found`.
 */
export function mayReadLog({ actor }: Pick<Context, 'actor'>): void {
  if (scopeOf(actor, accessAlert.name, 'read') !== 'all') throw outOfReach('access log', 'read')
}

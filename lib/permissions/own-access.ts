import { invalid } from '#lib/errors.ts'
import type { Actor } from '#lib/permissions/actor.ts'
import type { StoredRecord } from '#lib/store/items.ts'

/** Fields of a user that decide what it may do. */
const powers = ['roleId', 'teamId', 'status', 'clientId']

/**
 * Nobody widens or ends their own access, an admin neither: another admin must do it.
 * @throws CrmError naming the field.
 */
export function guardOwnAccess(actor: Actor, record: StoredRecord, changedFields: readonly string[]): void {
  const isOwnUser = record.object === 'user' && record.id === actor.id
  const isOwnRole = record.object === 'role' && record.id === actor.roleId
  if (!isOwnUser && !isOwnRole) return
  const guarded = isOwnRole || record.deletedAt !== undefined ? changedFields : changedFields.filter(isPower)
  if (guarded.length === 0 && record.deletedAt === undefined) return
  const detail = `You cannot change your own ${isOwnRole ? 'role' : 'access'}; ask another admin.`
  const names = guarded.length > 0 ? guarded : ['']
  throw invalid(names.map(name => ({ pointer: name && `/${name}`, code: 'field_read_only', detail: `${detail}` })))
}

function isPower(field: string): boolean {
  return powers.includes(field)
}

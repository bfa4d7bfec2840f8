import type { Actor, FieldAccess, Verb } from '#lib/permissions/actor.ts'
import { ownerOf, teamOf } from '#lib/records/owner-of.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** Which records of an object: all, none, or those that a condition allows. The same value limits reads, lists and writes. */
export type RecordRule = boolean | { scope: 'own' | 'team'; allows(record: StoredRecord): boolean }

/** Which records of an object the actor may do this to. */
export function recordRule(actor: Actor, object: ObjectDefinition, verb: Verb): RecordRule {
  if (object.readOnly && verb !== 'read') return false
  const scopes = actor.role.scopes.get(object.name) ?? actor.role.scopes.get('*')
  const scope = scopes?.[verb] ?? 'none'
  if (scope === 'all') return true
  if (scope !== 'own' && scope !== 'team') return false
  const isOwn = (record: StoredRecord) => ownerOf({ definition: object }, record) === actor.id
  if (scope === 'own') return { scope, allows: isOwn }
  const isTeams = (record: StoredRecord) =>
    actor.teamId !== undefined && teamOf({ definition: object }, record) === actor.teamId
  return { scope, allows: record => isOwn(record) || isTeams(record) }
}

/** Whether a rule lets a record through. */
export function allows(rule: RecordRule, record: StoredRecord): boolean {
  return typeof rule === 'boolean' ? rule : rule.allows(record)
}

/** What the actor may do with a field. */
export function fieldAccess(actor: Actor, object: string, field: string): FieldAccess {
  return actor.role.fields.get(`${object}.${field}`) ?? 'editable'
}

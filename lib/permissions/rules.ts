import type { Actor, FieldAccess, Scope, Verb } from '#lib/permissions/actor.ts'
import { ownerOf, teamOf } from '#lib/records/owner-of.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** Which records of an object: all, none, or those that a condition allows. The same value limits reads, lists and writes. */
export type RecordRule = boolean | { scope: 'own' | 'team'; allows(record: StoredRecord): boolean }

/** How far the actor's role reaches: as it says for the object, else for every object. */
export function scopeOf({ role }: Actor, object: string, verb: Verb): Scope {
  return (role.scopes.get(object) ?? role.scopes.get('*'))?.[verb] ?? 'none'
}

/** Which records of an object the actor may do this to. */
export function recordRule(actor: Actor, object: ObjectDefinition, verb: Verb): RecordRule {
  if (object.readOnly && verb !== 'read') return false
  const scope = scopeOf(actor, object.name, verb)
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

/** Whether the actor may read every record of an object, and every field of it as it is. */
export function seesWhole(actor: Actor, object: ObjectDefinition): boolean {
  if (recordRule(actor, object, 'read') !== true) return false
  return Object.keys(object.fields).every(name =>
    ['editable', 'readOnly'].includes(fieldAccess(actor, object.name, name)),
  )
}

/** What the actor may do with a field. */
export function fieldAccess(actor: Actor, object: string, field: string): FieldAccess {
  return actor.role.fields.get(`${object}.${field}`) ?? 'editable'
}

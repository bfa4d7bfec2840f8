import type { Verb } from '#lib/permissions/actor.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import { seedRoles } from '#schemas/seeds/roles.ts'

/** How a record stands to the actor: its own, of its team, or neither. */
export const relations = ['own', 'team', 'other'] as const
export type Relation = (typeof relations)[number]
export type Cell = { role: string; object: ObjectDefinition; verb: Verb; relation: Relation }

/** What a seeded role should be able to do, worked out from nothing but its table of scopes. */
export function shouldAllow({ role, object, verb, relation }: Cell): boolean {
  const reaches = (wanted: Verb) => {
    const scopes = seedRoles.find(each => each.name === role)?.permissions.find(each => each.object === object.name)
    const owned = object.ownerField !== undefined
    const nearest = { own: ['own', 'team', 'all'], team: ['team', 'all'], other: ['all'] }[owned ? relation : 'other']
    return nearest.includes(scopes?.[wanted] ?? 'none')
  }
  // Settings, audits and runs are written through routes of their own, whatever a role says.
  if (object.readOnly && verb !== 'read') return false
  return reaches(verb) && (verb === 'create' || reaches('read'))
}

/** Each seeded role, object, verb and relation. */
export function allCells(objects: readonly ObjectDefinition[]): Cell[] {
  const verbs: Verb[] = ['create', 'read', 'update', 'delete']
  return seedRoles.flatMap(({ name: role }) =>
    objects.flatMap(object => verbs.flatMap(verb => relations.map(relation => ({ role, object, verb, relation })))),
  )
}

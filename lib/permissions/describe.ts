import type { Actor } from '#lib/permissions/actor.ts'
import { scopeOf } from '#lib/permissions/rules.ts'
import type { JsonObject } from '#schemas/json.ts'
import type { ObjectRegistry } from '#schemas/registry.ts'
import { verbs } from '#schemas/system/role.ts'

/** Who the actor is and what it may do, object by object: the answer to "may I show this button?". */
export function describeAccess(actor: Actor, objects: ObjectRegistry): JsonObject {
  return {
    id: actor.id,
    name: actor.name,
    email: actor.email,
    teamId: actor.teamId ?? null,
    role: { id: actor.roleId, name: actor.role.name },
    permissions: Object.fromEntries(objects.all.map(({ name, plural }) => [plural, objectAccess(actor, name)])),
  }
}

function objectAccess(actor: Actor, object: string): JsonObject {
  const fields = [...actor.role.fields].filter(([key]) => key.startsWith(`${object}.`))
  return {
    ...Object.fromEntries(verbs.map(verb => [verb, scopeOf(actor, object, verb)])),
    fields: Object.fromEntries(fields.map(([key, access]) => [key.slice(object.length + 1), access])),
  }
}

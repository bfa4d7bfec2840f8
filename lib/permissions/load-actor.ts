import type { Actor, FieldAccess, RoleRules, Scope, Verb } from '#lib/permissions/actor.ts'
import type { Clock } from '#lib/runtime/clock.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecord, readUniqueHolder } from '#lib/store/read.ts'
import type { Store } from '#lib/store/table.ts'
import { isJsonObject, type Json } from '#schemas/json.ts'
import { verbs } from '#schemas/system/role.ts'

/** How a token names its holder: a person by user id, a machine by its client id. */
export type Who = { userId: string } | { clientId: string }

/** Finds actors, and remembers them for a short time so that a warm call needs no extra read. */
export type ActorCache = { find(store: Store, who: Who): Promise<Actor | undefined>; forget(): void }

/** 10,000 actors are about 10 MB: far more than sign in to one container. */
const cacheLimit = 10_000

/** The holder of a token with its role; undefined when there is no such user, or it is disabled or deleted. */
export async function loadActor(store: Store, who: Who): Promise<Actor | undefined> {
  const userId = 'userId' in who ? who.userId : await readUniqueHolder(store, 'user', clientIdKey(who.clientId))
  const user = userId === undefined ? undefined : await readRecord(store, userId)
  if (user?.object !== 'user' || user.deletedAt !== undefined || user.fields['status'] === 'disabled') return undefined
  const role = await readRecord(store, text(user.fields['roleId']) ?? '')
  if (!role || role.deletedAt !== undefined) return undefined
  return {
    id: user.id,
    name: text(user.fields['name']) ?? '',
    email: text(user.fields['email']) ?? '',
    teamId: text(user.fields['teamId']),
    roleId: role.id,
    role: roleRules(role),
  }
}

/** A role record in the form in which rules read it. */
export function roleRules(role: Pick<StoredRecord, 'fields'>): RoleRules {
  const permissions = entries(role.fields['permissions']).map(
    entry => [String(entry['object']), scopesOf(entry)] as const,
  )
  const fields = entries(role.fields['fieldAccess']).map(
    entry => [`${entry['object']}.${entry['field']}`, entry['access'] as FieldAccess] as const,
  )
  return { name: text(role.fields['name']) ?? '', scopes: new Map(permissions), fields: new Map(fields) }
}

/** A cache of actors: a change of role or user takes effect within `ttlMs`, at once where `forget` is called. */
export function createActorCache(options: { ttlMs: number; clock: Clock }): ActorCache {
  const known = new Map<string, { until: number; actor: Promise<Actor | undefined> }>()
  return {
    find(store, who) {
      const key = JSON.stringify(who)
      const now = options.clock.now().getTime()
      const hit = known.get(key)
      if (hit && hit.until > now) return hit.actor
      if (known.size >= cacheLimit) known.clear()
      const actor = loadActor(store, who)
      known.set(key, { until: now + options.ttlMs, actor })
      actor.then(found => found ?? known.delete(key)).catch(() => known.delete(key))
      return actor
    },
    forget: () => known.clear(),
  }
}

function clientIdKey(clientId: string) {
  return { field: 'clientId', value: clientId.normalize('NFKC').toLowerCase() }
}

function scopesOf(entry: Record<string, Json>): Record<Verb, Scope> {
  return Object.fromEntries(verbs.map(verb => [verb, entry[verb] ?? 'none'])) as Record<Verb, Scope>
}

function entries(value: Json | undefined): Record<string, Json>[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

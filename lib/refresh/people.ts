import type { Actor } from '#lib/permissions/actor.ts'
import { loadActor } from '#lib/permissions/load-actor.ts'
import { allows, recordRule, scopeOf } from '#lib/permissions/rules.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { objectPartition } from '#lib/store/keys.ts'
import { readSlice } from '#lib/store/query.ts'
import { toRecord } from '#lib/store/read.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import { activity } from '#schemas/objects/activity.ts'

/** 500 users are read at a time. */
const atOnce = 500

/** Who works here: active users who are no programs, by id; and the roles that programs have. */
export type Staff = { people: Map<string, Actor>; programRoles: Set<string> }

/** Reads everybody who works here. */
export async function readPeople(ctx: Pick<Context, 'store' | 'tenant'>): Promise<Staff> {
  const staff: Staff = { people: new Map(), programRoles: new Set() }
  for (let shard = 0; shard < ctx.tenant.listShards; shard++) {
    const partition = { index: 'byObject', pk: objectPartition('user', shard, 'all') } as const
    for (let after: string | undefined; ; ) {
      const { rows, isLast } = await readSlice(ctx.store, partition, { limit: atOnce, descending: false, after })
      const users = rows.map(({ item }) => toRecord(item))
      const actors = await Promise.all(users.map(({ id }) => loadActor(ctx.store, { userId: id })))
      users.forEach(({ fields }, i) => {
        const actor = actors[i]
        if (actor && fields['clientId'] === undefined) staff.people.set(actor.id, actor)
        else if (actor) staff.programRoles.add(actor.roleId)
      })
      after = rows.at(-1)?.sort
      if (isLast || after === undefined) break
    }
  }
  return staff
}

/** Whether somebody may see a record and change it, which is what verifying it takes. */
export function mayVerify(actor: Actor, object: ObjectDefinition, record: StoredRecord): boolean {
  return allows(recordRule(actor, object, 'read'), record) && allows(recordRule(actor, object, 'update'), record)
}

/** Whether somebody can be given the verification of a record: they may do it, and see and complete tasks of their own. */
export function canTake(actor: Actor, object: ObjectDefinition, record: StoredRecord): boolean {
  const hasTasks = (['read', 'update'] as const).every(verb => recordRule(actor, activity, verb) !== false)
  return hasTasks && mayVerify(actor, object, record)
}

/** Whether somebody runs the tenant rather than works with its records: they get other people's work last. */
export function isAdministrator(actor: Actor): boolean {
  return scopeOf(actor, 'user', 'update') === 'all'
}

import type { Actor } from '#lib/permissions/actor.ts'
import { loadActor } from '#lib/permissions/load-actor.ts'
import { recordRule } from '#lib/permissions/rules.ts'
import { findRecords } from '#lib/records/operations/find-records.ts'
import type { Context } from '#lib/runtime/context.ts'
import { user } from '#schemas/system/user.ts'

/**
 * Who gets a report: people at work who own records that were counted, and those whose role lets them put right what is not
 * their own: a team's leader, an admin. Programs read no reports.
 * @param owners ids of the users whose records were counted.
 */
export async function reportRecipients(ctx: Context, owners: ReadonlySet<string>): Promise<Actor[]> {
  const recipients: Actor[] = []
  let cursor: string | undefined
  do {
    const query = { limit: 200, sort: 'updatedAt', cursor, filter: 'record.status != "disabled"' } as const
    const { items, nextCursor } = await findRecords(ctx, { object: user, query })
    const people = items.filter(item => item['clientId'] === undefined).map(({ id }) => String(id))
    const actors = await Promise.all(people.map(userId => loadActor(ctx.store, { userId })))
    recipients.push(...actors.flatMap(actor => (actor && (owners.has(actor.id) || leads(ctx, actor)) ? [actor] : [])))
    cursor = nextCursor
  } while (cursor !== undefined)
  return recipients
}

function leads({ objects }: Context, actor: Actor): boolean {
  return objects.all.some(object => {
    const rule = object.system ? false : recordRule(actor, object, 'update')
    return rule === true || (typeof rule === 'object' && rule.scope === 'team' && actor.teamId !== undefined)
  })
}

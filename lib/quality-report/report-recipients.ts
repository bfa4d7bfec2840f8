import type { Actor } from '#lib/permissions/actor.ts'
import { recordRule } from '#lib/permissions/rules.ts'
import { readPeople } from '#lib/refresh/people.ts'
import type { Context } from '#lib/runtime/context.ts'

/**
 * Who gets a report: people at work who own records that were counted, and those whose role lets them put right what is not
 * their own: a team's leader, an admin. Programs read no reports.
 * @param owners ids of the users whose records were counted.
 */
export async function reportRecipients(ctx: Context, owners: ReadonlySet<string>): Promise<Actor[]> {
  const { people } = await readPeople(ctx)
  return [...people.values()].filter(actor => owners.has(actor.id) || leads(ctx, actor))
}

function leads({ objects }: Context, actor: Actor): boolean {
  return objects.all.some(object => {
    const rule = object.system ? false : recordRule(actor, object, 'update')
    return rule === true || (typeof rule === 'object' && rule.scope === 'team' && actor.teamId !== undefined)
  })
}

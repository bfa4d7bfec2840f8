import { type Language, languageOf } from '#lib/messaging/language.ts'
import type { Actor } from '#lib/permissions/actor.ts'
import { textOf } from '#lib/records/owner-of.ts'
import { readPeople } from '#lib/refresh/people.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readRecords } from '#lib/store/read.ts'
import { isTimeZone } from '#schemas/tenant.ts'

/** Somebody at work: what they may see, how they are spoken to, and by which clocks they live. */
export type Owner = { actor: Actor; language: Language; timeZone: string }

/** Everybody at work, by user id. */
export type Owners = { all: readonly Owner[]; of(userId: string | undefined): Owner | undefined }

/** Reads everybody at work. */
export async function openOwners(ctx: Context): Promise<Owners> {
  const { people } = await readPeople(ctx)
  const users = await readRecords(ctx.store, [...people.keys()])
  const owners = new Map(
    [...people.values()].map(actor => {
      const user = users.get(actor.id)
      const own = textOf(user?.fields['timeZone'])
      const timeZone = own !== undefined && isTimeZone(own) ? own : ctx.tenant.timeZone
      return [actor.id, { actor, language: languageOf(ctx, user), timeZone }] as const
    }),
  )
  return { all: [...owners.values()], of: userId => (userId === undefined ? undefined : owners.get(userId)) }
}

import { alertTexts } from '#lib/access-watch/alert-texts.ts'
import type { Finding } from '#lib/access-watch/judge.ts'
import { notify } from '#lib/notifications/notify.ts'
import { scopeOf } from '#lib/permissions/rules.ts'
import { planOnce } from '#lib/records/plan-once.ts'
import { writeRecord } from '#lib/records/write.ts'
import { readPeople } from '#lib/refresh/people.ts'
import type { Context } from '#lib/runtime/context.ts'
import { derivedId } from '#lib/runtime/ids.ts'
import { readRecord } from '#lib/store/read.ts'
import { accessAlert } from '#schemas/system/access-alert.ts'

/** Keeps what is unusual as an alert and tells those who run the tenant; the same finding is kept and told once. */
export async function raiseAlert(ctx: Context, finding: Finding): Promise<void> {
  const { kind, actor, key, since, count, usual, sourceIp } = finding
  // The time in it is none: of what is told once a day, whichever access is looked at first must come to the same id.
  const id = derivedId(accessAlert.prefix, { at: new Date(0), seed: JSON.stringify([kind, actor, key]) })
  if (await readRecord(ctx.store, id)) return
  const { title, detail, suggestion } = alertTexts(ctx.tenant.locale, await nameOf(ctx, actor), finding)
  const about = { ...(usual !== undefined && { usual }), ...(sourceIp !== undefined && { sourceIp }) }
  const fields = { kind, title, actorId: actor, since, count, detail, suggestion, ...about }
  // Told first: an alert that is kept counts as told.
  for (const userId of await admins(ctx)) {
    const link = `/v1/${accessAlert.plural}/${id}`
    await notify(ctx, { userId, kind: 'accessAlert', title, body: `${detail} ${suggestion}`, link, key: id })
  }
  const at = ctx.clock.now().toISOString()
  await writeRecord(ctx, () => planOnce(ctx, accessAlert, { id, fields, at }), {})
}

/** Those who may do something about it: who may change users. */
async function admins(ctx: Context): Promise<string[]> {
  const { people } = await readPeople(ctx)
  return [...people.values()].filter(actor => scopeOf(actor, 'user', 'update') === 'all').map(({ id }) => id)
}

async function nameOf({ store }: Context, actor: string): Promise<string> {
  const user = await readRecord(store, actor)
  const name = user?.object === 'user' ? user.fields['name'] : undefined
  return typeof name === 'string' ? name : actor
}

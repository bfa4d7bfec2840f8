import type { Plan } from '#lib/records/plan.ts'
import { planOnce } from '#lib/records/plan-once.ts'
import { writeRecord } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import { derivedId } from '#lib/runtime/ids.ts'
import { notification } from '#schemas/system/notification.ts'

/** What to tell a user. `key`: what it is about; the same key and user are told once. */
export type Message = {
  userId: string
  /** What it is about, for programs: `weeklyQualityReport`. */
  kind: string
  /** For people, in the language of the tenant; cut at 200 characters. */
  title: string
  body: string
  /** Path of the API that has more. */
  link?: string
  key: string
}

/** 200: what a text field holds. */
const longestTitle = 200

/** Puts a message into a user's inbox; again with the same key it does nothing, read or not. */
export async function notify(ctx: Context, message: Message): Promise<void> {
  // The key of the request that led here guards another write.
  const { idempotency: _request, ...job } = ctx
  await writeRecord(job, () => planNotification(job, message), {})
}

/** Plans a message for a user's inbox, to be written with whatever else it goes with. */
export function planNotification(ctx: Context, message: Message): Promise<Plan> {
  const { userId, kind, title, body, link } = message
  const at = ctx.clock.now().toISOString()
  const shortTitle = [...title].slice(0, longestTitle).join('')
  const fields = { ownerId: userId, inboxId: userId, kind, title: shortTitle, body, sentAt: at, ...(link && { link }) }
  return planOnce(ctx, notification, { id: notificationId(message), fields, at })
}

/** The id of a message. The time in it is none: a message that is sent again later must come to the same id. */
export function notificationId({ userId, key }: Pick<Message, 'userId' | 'key'>): string {
  return derivedId(notification.prefix, { at: new Date(0), seed: JSON.stringify([userId, key]) })
}

import { isRefusal } from '#lib/errors.ts'
import { languageOf } from '#lib/messaging/language.ts'
import type { Mailer } from '#lib/messaging/mailer.ts'
import { notificationMail } from '#lib/messaging/notification-mail.ts'
import { sendEmail } from '#lib/messaging/send-email.ts'
import { sendWebhook } from '#lib/messaging/send-webhook.ts'
import { type SecretKey, webhookSecret } from '#lib/messaging/webhook-secret.ts'
import { viewNotification } from '#lib/notifications/view-notification.ts'
import { textOf } from '#lib/records/owner-of.ts'
import type { Context } from '#lib/runtime/context.ts'
import { policyOf } from '#lib/settings/policy.ts'
import { beginDelivery, dropDelivery, endDelivery } from '#lib/store/deliveries.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecord, readRecords } from '#lib/store/read.ts'

/** The ways out of the inbox; `loopback`: webhooks may go to this machine, on a laptop. */
export type Channels = { mailer: Mailer; secretKey: SecretKey; loopback: boolean }

/**
 * Sends a notification on by mail and to the webhook, as the settings say now, each once. What can never be sent is logged
 * and left: the inbox has it.
 * @throws CrmError `unavailable` for what is to be tried again.
 */
export async function deliverNotification(ctx: Context, channels: Channels, id: string): Promise<void> {
  const record = await readRecord(ctx.store, id)
  if (record?.object !== 'notification' || record.deletedAt !== undefined) return
  const userId = textOf(record.fields['ownerId']) ?? ''
  const user = (await readRecords(ctx.store, [userId])).get(userId)
  if (!user || user.deletedAt !== undefined || user.fields['status'] === 'disabled') return
  // Side by side: a webhook that fails must not hold up the mail.
  const outcomes = await Promise.allSettled([mail(ctx, channels, { record, user }), call(ctx, channels, record)])
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') {
      if (!isRefusal(outcome.reason)) throw outcome.reason
      ctx.log.warn('A notification cannot be sent on', { notificationId: id, error: outcome.reason })
    }
}

async function mail(
  ctx: Context,
  { mailer }: Channels,
  { record, user }: { record: StoredRecord; user: StoredRecord },
): Promise<void> {
  const { email, mailed, templates, site = '' } = policyOf(ctx).notifications
  const { kind, title, body, link: path } = viewNotification(record)
  const isMailed: Record<string, boolean> = mailed
  if (!email || !(isMailed[kind] ?? mailed.other)) return
  const link = path === undefined ? '' : `${site.replace(/\/$/, '')}${path}`
  const values = { title, body, link, name: textOf(user.fields['name']) ?? '', tenant: ctx.tenant.name }
  const content = notificationMail(values, { templates, language: languageOf(ctx, user) })
  const to = textOf(user.fields['email']) ?? ''
  await sendEmail(ctx, mailer, { key: `notification/${record.id}`, to, ...content })
}

async function call(ctx: Context, { secretKey, loopback }: Channels, record: StoredRecord): Promise<void> {
  const { webhook } = policyOf(ctx).notifications
  if (!webhook) return
  const delivery = `webhook#${record.id}`
  if ((await beginDelivery(ctx.store, delivery, ctx.clock.now())) === 'done') return
  const { object: _object, version: _version, ...notification } = viewNotification(record)
  const data = { ...notification, userId: record.fields['ownerId'] }
  const payload = JSON.stringify({ type: 'notification.created', timestamp: notification.sentAt, data })
  const secret = await webhookSecret(secretKey, ctx.tenant.name)
  try {
    const target = { url: webhook.url, secret, loopback }
    await sendWebhook(target, { id: `msg_${record.id}`, at: ctx.clock.now(), payload })
  } catch (error) {
    // Its id is the same with each try: a receiver tells a repetition, so none has to be waited out.
    await dropDelivery(ctx.store, delivery)
    throw error
  }
  await endDelivery(ctx.store, delivery, ctx.clock.now())
}

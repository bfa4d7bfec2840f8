import { isRefusal, unavailable } from '#lib/errors.ts'
import { deliverEmail, type Email } from '#lib/messaging/deliver-email.ts'
import type { Mailer } from '#lib/messaging/mailer.ts'
import type { Context } from '#lib/runtime/context.ts'
import { beginDelivery, dropDelivery, endDelivery } from '#lib/store/deliveries.ts'

/** A mail with what it is about: the same key is mailed once. */
export type KeyedEmail = Email & { key: string }

/**
 * Mails once per key, however often it is called. One window stays open, since SES knows no such key: who is killed between
 * SES's answer and the note of it sends again when it is called again.
 * @returns whether it was sent now; false when it had been.
 * @throws CrmError `validation_failed` when SES will not take it, `unavailable` when it is to be tried again.
 */
export async function sendEmail(ctx: Pick<Context, 'store' | 'clock'>, mailer: Mailer, email: KeyedEmail) {
  const { key, ...mail } = email
  const delivery = `mail#${key}`
  const state = await beginDelivery(ctx.store, delivery, ctx.clock.now())
  if (state === 'done') return false
  if (state === 'busy') throw unavailable('Somebody else is sending this mail. Trying again is safe.')
  try {
    await deliverEmail(mailer, mail)
  } catch (error) {
    // After an outage the mail may have gone: only what was refused for sure is free at once.
    if (isRefusal(error)) await dropDelivery(ctx.store, delivery)
    throw error
  }
  await endDelivery(ctx.store, delivery, ctx.clock.now())
  return true
}

import { consumeRecords, someAtOnce } from '#functions/edge/consumer.ts'
import { eventContext } from '#functions/events/event-context.ts'
import { openMailer } from '#lib/messaging/mailer.ts'
import { openSecretKey } from '#lib/messaging/webhook-secret.ts'
import { type Channels, deliverNotification } from '#lib/notifications/deliver-notification.ts'
import { readEnv } from '#lib/runtime/env.ts'

/** 10: a whole batch, since a webhook may take ten seconds to answer. */
const parallel = 10

let channels: Channels | undefined

/** Sends new notifications on by mail and to the webhook, as the settings say. */
export const handler = consumeRecords(async (ids, log) => {
  channels ??= {
    mailer: openMailer(),
    secretKey: openSecretKey(),
    loopback: readEnv().WEBHOOK_LOOPBACK === 'allowed',
  }
  const tools = channels
  const ctx = await eventContext('deliver-notifications', log)
  return someAtOnce(parallel, id => deliverNotification(ctx, tools, id))(ids, log)
})

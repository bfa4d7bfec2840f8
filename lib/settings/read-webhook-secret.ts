import { outOfReach } from '#lib/errors.ts'
import { type SecretKey, webhookSecret } from '#lib/messaging/webhook-secret.ts'
import { recordRule } from '#lib/permissions/rules.ts'
import type { Context } from '#lib/runtime/context.ts'
import { setting } from '#schemas/system/setting.ts'

/**
 * The secret by which a receiver checks the tenant's webhooks.
 * @throws CrmError not_found for a role that may not change settings, unavailable.
 */
export async function readWebhookSecret(ctx: Context, key: SecretKey): Promise<{ secret: string }> {
  const mayChange = recordRule(ctx.actor, { ...setting, readOnly: false }, 'update') === true
  if (!mayChange) throw outOfReach(setting.name, 'update')
  return { secret: await webhookSecret(key, ctx.tenant.name) }
}

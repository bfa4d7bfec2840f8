import { GenerateMacCommand, KMSClient } from '@aws-sdk/client-kms'
import { unavailable } from '#lib/errors.ts'
import { required } from '#lib/runtime/env.ts'
import { isOutage } from '#lib/runtime/outage.ts'

/** A key that makes secrets; one per container. */
export type SecretKey = { client: KMSClient; keyArn: string }

/** Opens the key that the function's environment names. */
export function openSecretKey(): SecretKey {
  return { client: new KMSClient({ maxAttempts: 5 }), keyArn: required('WEBHOOK_KEY_ARN') }
}

const known = new WeakMap<SecretKey, Promise<string>>()

/**
 * The secret that a tenant's webhooks are signed with: the same each time, made in KMS and stored nowhere.
 * @throws CrmError `unavailable` when KMS does not answer.
 */
export function webhookSecret(key: SecretKey, tenant: string): Promise<string> {
  const hit = known.get(key)
  if (hit) return hit
  const secret = makeSecret(key, tenant)
  known.set(key, secret)
  secret.catch(() => known.delete(key))
  return secret
}

async function makeSecret({ client, keyArn }: SecretKey, tenant: string): Promise<string> {
  const Message = Buffer.from(`webhook/${tenant}/1`)
  const command = new GenerateMacCommand({ KeyId: keyArn, Message, MacAlgorithm: 'HMAC_SHA_256' })
  try {
    const { Mac = new Uint8Array() } = await client.send(command)
    return `whsec_${Buffer.from(Mac).toString('base64')}`
  } catch (error) {
    throw isOutage(error) ? unavailable('KMS does not answer. Trying again is safe.', error) : error
  }
}

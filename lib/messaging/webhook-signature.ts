import { createHmac, timingSafeEqual } from 'node:crypto'

/** A webhook as it is signed; `timestamp` in seconds since 1970. */
export type SignedContent = { id: string; timestamp: number; payload: string }

/** 5 minutes: what is older or newer may be a replay (Standard Webhooks). */
const toleranceS = 300

/** The signature by the Standard Webhooks specification: `v1,` and HMAC-SHA256 over id, time and payload in base 64. */
export function signWebhook(secret: string, { id, timestamp, payload }: SignedContent): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${payload}`).digest('base64')}`
}

/**
 * Whether one of the signatures of a webhook (separated by spaces) is right and it is fresh: what a receiver does.
 * @param now seconds since 1970.
 */
export function verifyWebhook(secret: string, content: SignedContent & { signature: string }, now: number): boolean {
  const { timestamp, signature } = content
  if (!Number.isInteger(timestamp) || Math.abs(now - timestamp) > toleranceS) return false
  const expected = Buffer.from(signWebhook(secret, content))
  return signature.split(' ').some(given => {
    const bytes = Buffer.from(given)
    return bytes.length === expected.length && timingSafeEqual(bytes, expected)
  })
}

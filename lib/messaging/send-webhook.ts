import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP } from 'node:net'
import { CrmError, invalidAt, unavailable } from '#lib/errors.ts'
import { isPublicAddress, notPublic, publicLookup } from '#lib/messaging/public-address.ts'
import { signWebhook } from '#lib/messaging/webhook-signature.ts'

/** Where webhooks go, and how they are signed; `loopback`: to this machine too, on a laptop. */
export type WebhookTarget = { url: string; secret: string; loopback: boolean }

/** 10 seconds for an answer, of the minute that a function has. */
const timeoutMs = 10_000

/**
 * Sends one webhook by the Standard Webhooks specification. Its id is the same with each try, so a receiver can tell a
 * repetition. Redirects are not followed, and nothing inside our own network is ever called.
 * @throws CrmError `validation_failed` for an address that is not of the open internet, `unavailable` for any answer but 2xx.
 */
export async function sendWebhook(
  target: WebhookTarget,
  { id, at, payload }: { id: string; at: Date; payload: string },
): Promise<void> {
  const timestamp = Math.floor(at.getTime() / 1000)
  const headers = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(payload)),
    'user-agent': 'Evergreen-Webhooks/1',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signWebhook(target.secret, { id, timestamp, payload }),
  }
  const status = await post(target, { headers, payload }).catch(translate)
  if (status < 200 || status > 299)
    throw unavailable(`The webhook answered ${status}; only 2xx means that it was taken.`)
}

async function post(
  { url: text, loopback }: WebhookTarget,
  { headers, payload }: { headers: Record<string, string>; payload: string },
): Promise<number> {
  const url = new URL(text)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const isLocal = loopback && host === '127.0.0.1'
  if (url.protocol !== 'https:' && !isLocal) throw notPublic(host)
  // A host that is an address is not looked up at all.
  if (isIP(host) !== 0 && !isPublicAddress(host, { loopback })) throw notPublic(host)
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const outgoing = send(
      url,
      {
        method: 'POST',
        headers,
        lookup: publicLookup({ loopback }),
        agent: false,
        signal: AbortSignal.timeout(timeoutMs),
      },
      answer => {
        answer.destroy()
        resolve(answer.statusCode ?? 0)
      },
    )
    outgoing.once('error', reject)
    outgoing.end(payload)
  })
}

function translate(error: unknown): never {
  if (error instanceof CrmError) throw error
  if (error instanceof Error && error.name === 'NotPublic') {
    const detail = `${error.message} Set notifications.webhook.url to an https address that the internet can reach.`
    throw invalidAt('/notifications/webhook/url', 'not_public', detail)
  }
  throw unavailable('The webhook cannot be reached. Trying again is safe.', error)
}

import { get as overHttp } from 'node:http'
import { get as overHttps } from 'node:https'
import { text } from 'node:stream/consumers'
import { JWKSNoMatchingKey } from 'jose/errors'
import { createLocalJWKSet } from 'jose/jwks/local'
import { unavailable } from '#lib/errors.ts'

type KeySet = ReturnType<typeof createLocalJWKSet>

/** Finds the key that a token says it is signed with. */
export type RemoteKeys = (...asked: Parameters<KeySet>) => ReturnType<KeySet>

/** 3 s: a request waits for it. */
const answerMs = 3_000
/** An hour: how long a key that was taken back may still be good. */
const maxAgeMs = 3_600_000
/** 30 s: a key that is not known may be new, but each forged token names one. */
const coolDownMs = 30_000

/**
 * The public keys (JWKS) at an address, read when first needed. What jose does with fetch, by Node's own client: fetch would
 * load 20 ms of code at each cold start.
 * @throws CrmError `unavailable` when they cannot be read.
 */
export function createRemoteKeys(url: URL, nowMs: () => number): RemoteKeys {
  let known: { keys: KeySet; at: number } | undefined
  let reading: Promise<{ keys: KeySet; at: number }> | undefined
  const read = () => {
    reading ??= readKeys(url)
      .then(keys => {
        known = { keys, at: nowMs() }
        return known
      })
      .finally(() => {
        reading = undefined
      })
    return reading
  }
  return async (header, token) => {
    const { keys, at } = known && nowMs() - known.at < maxAgeMs ? known : await read()
    try {
      return await keys(header, token)
    } catch (error) {
      if (!(error instanceof JWKSNoMatchingKey) || nowMs() - at < coolDownMs) throw error
      return (await read()).keys(header, token)
    }
  }
}

async function readKeys(url: URL): Promise<KeySet> {
  try {
    return createLocalJWKSet(JSON.parse(await readText(url)))
  } catch (error) {
    throw unavailable('The keys that tokens are checked with cannot be read.', error)
  }
}

function readText(url: URL): Promise<string> {
  const get = url.protocol === 'http:' ? overHttp : overHttps
  const options = { headers: { accept: 'application/json' }, signal: AbortSignal.timeout(answerMs) }
  return new Promise((resolve, reject) => {
    get(url, options, answer => {
      const { statusCode } = answer
      text(answer).then(
        body => (statusCode === 200 ? resolve(body) : reject(new Error(`status ${statusCode}`))),
        reject,
      )
    }).on('error', reject)
  })
}

import * as errors from 'jose/errors'
import { jwtVerify } from 'jose/jwt/verify'
import { createRemoteKeys, type RemoteKeys } from '#functions/edge/remote-keys.ts'
import type { Session } from '#lib/access-log/identity.ts'
import { unauthenticated } from '#lib/errors.ts'
import type { Who } from '#lib/permissions/load-actor.ts'

/** Whose tokens are taken, and where their keys are published. */
export type TokenIssuer = { issuer: string; jwksUrl: URL; clientIds: ReadonlySet<string> }

/** Whose a token is, and of which session. */
export type Holder = { who: Who; session: Session }

/** Tells who a token belongs to. */
export type TokenVerifier = (token: string) => Promise<Holder>

/** Clocks differ a little. */
const toleranceSeconds = 5
/** 1,000 tokens of about 1 KB: more than sign in to one container at a time. */
const cacheLimit = 1_000

/**
 * Verifies Cognito access tokens. A token seen before is remembered as a whole until it expires, so that a warm call
 * costs a look-up instead of a signature check.
 * @throws CrmError `unauthenticated`, or `unavailable` when the keys cannot be read.
 */
export function createTokenVerifier(options: TokenIssuer, nowMs: () => number): TokenVerifier {
  const keys = createRemoteKeys(options.jwksUrl, nowMs)
  const known = new Map<string, Verified>()
  return async token => {
    const hit = known.get(token)
    // Out and in again: the order of a Map is that of insertion, so the token unused for longest comes first.
    known.delete(token)
    const entry = hit && hit.until > nowMs() ? hit : await verify(token, keys, options, nowMs())
    const [unusedLongest] = known.size >= cacheLimit ? known.keys() : []
    if (unusedLongest !== undefined) known.delete(unusedLongest)
    known.set(token, entry)
    return entry.holder
  }
}

/** Whose token it is, and until when (in ms) it holds. */
type Verified = { holder: Holder; until: number }

async function verify(
  token: string,
  keys: RemoteKeys,
  { issuer, clientIds }: TokenIssuer,
  nowMs: number,
): Promise<Verified> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      algorithms: ['RS256'],
      clockTolerance: toleranceSeconds,
      currentDate: new Date(nowMs),
      requiredClaims: ['exp', 'token_use', 'client_id'],
    })
    const { token_use, client_id, username, exp, iat, jti, origin_jti } = payload
    if (token_use !== 'access') throw unauthenticated('Send the access token, not the id token.')
    if (typeof client_id !== 'string' || !clientIds.has(client_id))
      throw unauthenticated('The token was made for another application.')
    const who: Who = typeof username === 'string' ? { userId: username } : { clientId: client_id }
    // Of all tokens of one signing in, the first: refreshed ones name it too.
    const id = typeof origin_jti === 'string' ? origin_jti : jti
    const session = { id, startedAt: iat === undefined ? undefined : new Date(iat * 1000).toISOString() }
    return { holder: { who, session }, until: ((exp ?? 0) + toleranceSeconds) * 1000 }
  } catch (error) {
    throw refusal(error)
  }
}

/** Errors about the token are the caller's; those about the keys say so themselves. */
function refusal(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return unauthenticated('The token has expired. Sign in again.')
  return error instanceof errors.JOSEError ? unauthenticated('The token is not valid here.') : error
}

/**
 * The token of an `Authorization: Bearer` header.
 * @throws CrmError `unauthenticated` when there is none.
 */
export function bearerToken(header: string | undefined): string {
  const [, token] = /^Bearer +([\w.~+/=-]+) *$/i.exec(header ?? '') ?? []
  if (token === undefined) throw unauthenticated('Sign in and send the token: Authorization: Bearer <token>.')
  return token
}

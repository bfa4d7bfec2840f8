import { type Call, headerOf } from '#functions/edge/http.ts'
import { bearerToken, createTokenVerifier, type TokenVerifier } from '#functions/edge/verify-token.ts'
import { unauthenticated } from '#lib/errors.ts'
import type { Actor } from '#lib/permissions/actor.ts'
import { createActorCache } from '#lib/permissions/load-actor.ts'
import { systemClock } from '#lib/runtime/clock.ts'
import { readEnv, required } from '#lib/runtime/env.ts'
import type { Store } from '#lib/store/table.ts'

/** 10 s: how long a change of role or a disabled user may go unnoticed by a warm function. */
const actors = createActorCache({ ttlMs: 10_000, clock: systemClock })

let verifier: TokenVerifier | undefined

/**
 * Who sends a request, by its bearer token; kept with the call as far as it is known.
 * @throws CrmError `unauthenticated` when the token is missing, forged, expired or of somebody who has left.
 */
export async function authenticate(call: Call, store: Store): Promise<Actor> {
  verifier ??= openVerifier()
  const { who, session } = await verifier(bearerToken(headerOf(call.event, 'authorization')))
  // Before it is known whether its holder is still here: who has left and tries is told by the access log.
  call.caller = { who, session }
  const actor = await actors.find(store, who)
  call.caller.actor = actor
  if (!actor) throw unauthenticated('The account of this token does not exist here, or is disabled.')
  return actor
}

/** Makes the next request read users and roles anew: after a write to one of them. */
export function forgetActors(): void {
  actors.forget()
}

/** Cognito signs as its AWS address, wherever its keys are fetched from. */
function openVerifier(): TokenVerifier {
  const pool = required('USER_POOL_ID')
  const home = `https://cognito-idp.${readEnv().AWS_REGION}.amazonaws.com`
  const endpoint = readEnv().AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER ?? home
  return createTokenVerifier(
    {
      issuer: `${home}/${pool}`,
      jwksUrl: new URL(`${endpoint}/${pool}/.well-known/jwks.json`),
      clientIds: new Set(required('USER_POOL_CLIENT_IDS').split(',')),
    },
    Date.now,
  )
}

import { createHmac } from 'node:crypto'
import * as z from 'zod'
import { AwsError } from '../aws-error.ts'
import { type Operation, publicOperation } from '../json-server.ts'
import { assertPolicy, hashPassword, isPassword } from './password.ts'
import { allowsFlow, findClient, type Pool, type PoolClient, type Pools } from './pool.ts'
import { createSessions, type Sessions } from './sessions.ts'
import {
  accessToken,
  accessTokenValidityS,
  idToken,
  newRefreshToken,
  newSignIn,
  type SignIn,
  tokenHash,
} from './tokens.ts'
import { findUser, type User, type UserStore } from './user-store.ts'

const parameters = z.record(z.string(), z.string()).default({})
const initiate = z.object({ AuthFlow: z.string(), ClientId: z.string(), AuthParameters: parameters })
const respond = z.object({
  ChallengeName: z.literal('NEW_PASSWORD_REQUIRED'),
  ClientId: z.string(),
  Session: z.string(),
  ChallengeResponses: parameters,
})

type SignInContext = { pools: Pools; store: UserStore; sessions: Sessions; now: () => number }
type Attempt = { pool: Pool; client: PoolClient; parameters: Record<string, string> }

/** InitiateAuth and RespondToAuthChallenge. */
export function signInOperations(pools: Pools, store: UserStore, now: () => number): Record<string, Operation> {
  const context = { pools, store, sessions: createSessions(now), now }
  return {
    InitiateAuth: publicOperation(initiate, input => {
      const { pool, client } = requireClient(pools, input.ClientId)
      const flow = input.AuthFlow === 'REFRESH_TOKEN' ? 'REFRESH_TOKEN_AUTH' : input.AuthFlow
      const attempt = { pool, client, parameters: input.AuthParameters }
      if (flow === 'USER_PASSWORD_AUTH' && allowsFlow(client, flow)) return signInWithPassword(context, attempt)
      if (flow === 'REFRESH_TOKEN_AUTH' && allowsFlow(client, flow)) return refresh(context, attempt)
      throw new AwsError('InvalidParameterException', `${flow} flow not enabled for this client`)
    }),
    RespondToAuthChallenge: publicOperation(respond, input => {
      const { pool, client } = requireClient(pools, input.ClientId)
      const attempt = { pool, client, parameters: input.ChallengeResponses }
      return setFirstPassword(context, attempt, input.Session)
    }),
  }
}

async function signInWithPassword(context: SignInContext, attempt: Attempt) {
  const { USERNAME: name = '', PASSWORD: password = '' } = attempt.parameters
  const user = findUser(context.store, attempt.pool, name)
  assertSecretHash(attempt, name)
  const isCorrect = await isPassword(password, user?.passwordHash ?? null)
  if (user === undefined || !isCorrect) throw notAuthorized('Incorrect username or password.')
  assertEnabled(user)
  if (user.status === 'RESET_REQUIRED') {
    throw new AwsError('PasswordResetRequiredException', 'Password reset required for the user')
  }
  if (user.status === 'FORCE_CHANGE_PASSWORD') {
    const Session = context.sessions.open(attempt.pool.id, user.username)
    const ChallengeParameters = { USER_ID_FOR_SRP: user.username, userAttributes: JSON.stringify(user.attributes) }
    return { ChallengeName: 'NEW_PASSWORD_REQUIRED', Session, ChallengeParameters }
  }
  return authenticate(context, attempt, user)
}

async function setFirstPassword(context: SignInContext, attempt: Attempt, session: string) {
  const { USERNAME: name = '', NEW_PASSWORD: password = '' } = attempt.parameters
  assertSecretHash(attempt, name)
  const username = context.sessions.close(attempt.pool.id, session)
  const user = username === undefined ? undefined : context.store.byUsername(attempt.pool.id, username)
  if (user === undefined) throw notAuthorized('Invalid session for the user.')
  assertEnabled(user)
  assertPolicy(password, attempt.pool.passwordMinimumLength)
  const passwordHash = await hashPassword(password)
  const confirmed: User = { ...user, status: 'CONFIRMED', passwordHash, modifiedAt: context.now() }
  context.store.put(confirmed)
  return authenticate(context, attempt, confirmed)
}

function authenticate(context: SignInContext, attempt: Attempt, user: User) {
  const nowS = Math.floor(context.now() / 1000)
  const { result, request } = issueTokens(context, attempt, user, newSignIn(nowS))
  const RefreshToken = newRefreshToken(context.store, request, attempt.client)
  return { AuthenticationResult: { ...result, RefreshToken }, ChallengeParameters: {} }
}

function refresh(context: SignInContext, attempt: Attempt) {
  const { pool, client, parameters } = attempt
  const { REFRESH_TOKEN: token = '' } = parameters
  const hash = tokenHash(token)
  const kept = context.store.refreshToken(hash, pool.id, client.id)
  const user = kept && context.store.byUsername(pool.id, kept.username)
  if (kept === undefined || user === undefined) throw notAuthorized('Refresh Token has been revoked')
  if (kept.expiresAt * 1000 < context.now()) throw notAuthorized('Refresh Token has expired')
  assertSecretHash(attempt, user.username)
  assertEnabled(user)
  const signIn = { originJti: kept.originJti, authenticatedAtS: kept.authenticatedAt }
  return { AuthenticationResult: issueTokens(context, attempt, user, signIn).result, ChallengeParameters: {} }
}

function issueTokens(context: SignInContext, { pool, client }: Attempt, user: User, signIn: SignIn) {
  const nowS = Math.floor(context.now() / 1000)
  const expiresInS = accessTokenValidityS(client)
  const request = { pool, clientId: client.id, user, signIn, nowS, expiresInS }
  const tokens = { AccessToken: accessToken(request), IdToken: idToken(request) }
  return { request, result: { ...tokens, ExpiresIn: expiresInS, TokenType: 'Bearer' } }
}

function requireClient(pools: Pools, clientId: string): { pool: Pool; client: PoolClient } {
  const found = findClient(pools, clientId)
  if (found === undefined) {
    throw new AwsError('ResourceNotFoundException', `User pool client ${clientId} does not exist.`)
  }
  return found
}

/** A client that has a secret proves it with an HMAC of the username and its id. */
function assertSecretHash({ client, parameters }: Attempt, username: string): void {
  const { SECRET_HASH: given } = parameters
  if (client.secret === undefined) return
  const expected = createHmac('sha256', client.secret)
    .update(username + client.id)
    .digest('base64')
  if (given !== expected) throw notAuthorized(`Unable to verify secret hash for client ${client.id}`)
}

function assertEnabled(user: User): void {
  if (!user.isEnabled) throw notAuthorized('User is disabled.')
}

function notAuthorized(message: string): AwsError {
  return new AwsError('NotAuthorizedException', message)
}

import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Pool, PoolClient } from './pool.ts'
import type { User, UserStore } from './user-store.ts'

const defaultAccessTokenValidityS = 3600
const defaultRefreshTokenValidityS = 30 * 86_400

/** One sign-in: its refreshed tokens share `originJti` and the time of the sign-in. */
export type SignIn = { originJti: string; authenticatedAtS: number }

/** What a person's tokens are made for. */
type TokenRequest = {
  pool: Pool
  clientId: string
  user: User
  signIn: SignIn
  nowS: number
  expiresInS: number
}

/** A sign-in that begins now. */
export function newSignIn(nowS: number): SignIn {
  return { originJti: randomUUID(), authenticatedAtS: nowS }
}

/** Seconds that a client's access tokens are valid. */
export function accessTokenValidityS(client: PoolClient): number {
  return client.accessTokenValidityS ?? defaultAccessTokenValidityS
}

/** A person's access token with the claims that Cognito gives one. */
export function accessToken({ pool, clientId, user, signIn, nowS, expiresInS }: TokenRequest): string {
  return pool.key.sign({
    sub: user.sub,
    ...(user.groups.length > 0 ? { 'cognito:groups': user.groups } : {}),
    iss: pool.issuer,
    client_id: clientId,
    origin_jti: signIn.originJti,
    event_id: randomUUID(),
    token_use: 'access',
    scope: 'aws.cognito.signin.user.admin',
    auth_time: signIn.authenticatedAtS,
    exp: nowS + expiresInS,
    iat: nowS,
    jti: randomUUID(),
    username: user.username,
  })
}

/** A person's ID token: who they are, for the client itself. */
export function idToken({ pool, clientId, user, signIn, nowS, expiresInS }: TokenRequest): string {
  const { email, email_verified: emailVerified } = user.attributes
  return pool.key.sign({
    sub: user.sub,
    ...(user.groups.length > 0 ? { 'cognito:groups': user.groups } : {}),
    ...(email === undefined ? {} : { email, email_verified: emailVerified === 'true' }),
    iss: pool.issuer,
    'cognito:username': user.username,
    origin_jti: signIn.originJti,
    aud: clientId,
    event_id: randomUUID(),
    token_use: 'id',
    auth_time: signIn.authenticatedAtS,
    exp: nowS + expiresInS,
    iat: nowS,
    jti: randomUUID(),
  })
}

/** A machine's access token, from the client_credentials grant. */
export function machineToken(pool: Pool, client: PoolClient, scope: string, nowS: number): string {
  return pool.key.sign({
    sub: client.id,
    token_use: 'access',
    scope,
    auth_time: nowS,
    iss: pool.issuer,
    exp: nowS + accessTokenValidityS(client),
    iat: nowS,
    version: 2,
    jti: randomUUID(),
    client_id: client.id,
  })
}

/** Makes a refresh token, of which only the hash is kept. */
export function newRefreshToken(store: UserStore, request: TokenRequest, client: PoolClient): string {
  const token = randomBytes(48).toString('base64url')
  const { pool, user, signIn, nowS } = request
  const expiresAtS = nowS + (client.refreshTokenValidityS ?? defaultRefreshTokenValidityS)
  store.addRefreshToken(
    tokenHash(token),
    pool.id,
    user.username,
    client.id,
    signIn.originJti,
    signIn.authenticatedAtS,
    expiresAtS,
  )
  return token
}

/** What a refresh token is kept under. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

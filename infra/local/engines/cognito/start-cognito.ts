import { join } from 'node:path'
import { AwsError } from '../aws-error.ts'
import { type Engine, type EngineOptions, type EngineSettings, engineSettings } from '../engine.ts'
import { type PageReply, type PageRequest, startJsonServer } from '../json-server.ts'
import { findPool, type Pool, type PoolDefinition, type Pools } from './pool.ts'
import { signInOperations } from './sign-in-operations.ts'
import { loadSigningKey } from './signing-key.ts'
import { tokenEndpoint } from './token-endpoint.ts'
import { accessToken, newSignIn } from './tokens.ts'
import { userOperations } from './user-operations.ts'
import { findUser, openUserStore, type UserStore } from './user-store.ts'

const defaultPasswordMinimumLength = 12

/** A running Cognito user pools service. */
export type Cognito = Engine & {
  /** Makes the pool, or brings it to this definition; its users and key stay. */
  ensurePool(poolId: string, definition: PoolDefinition): void
  /** An access token for an enabled user (by username or e-mail), as if they had just signed in to the pool's first client. */
  accessTokenFor(poolId: string, emailOrUsername: string, options?: { expiresInS?: number; clientId?: string }): string
}

/** Starts a Cognito that keeps users and signing keys in `dir`. */
export async function startCognito(options: EngineOptions): Promise<Cognito> {
  const settings = engineSettings(options)
  const store = openUserStore(settings.dir)
  const pools: Pools = new Map()
  const operations = {
    ...userOperations({ pools, store, now: settings.now }),
    ...signInOperations(pools, store, settings.now),
  }
  const server = await startJsonServer(
    {
      target: 'AWSCognitoIdentityProviderService',
      version: '1.1',
      operations,
      invalidInput: 'InvalidParameterException',
      page: request => servePage(pools, request, settings.now()),
    },
    settings,
  )
  return {
    url: server.url,
    ensurePool: (poolId, definition) => void pools.set(poolId, toPool(settings, poolId, definition)),
    accessTokenFor: (poolId, name, { expiresInS = 3600, clientId } = {}) => {
      const pool = findPool(pools, poolId)
      const user = requireEnabledUser(store, pool, name)
      const nowS = Math.floor(settings.now() / 1000)
      const signIn = newSignIn(nowS)
      return accessToken({ pool, clientId: clientId ?? firstPersonClient(pool), user, signIn, nowS, expiresInS })
    },
    stop: async () => {
      await server.stop()
      store.close()
    },
  }
}

function toPool(settings: EngineSettings, id: string, definition: PoolDefinition): Pool {
  return {
    id,
    arn: `arn:aws:cognito-idp:${definition.region}:${settings.accountId}:userpool/${id}`,
    issuer: `https://cognito-idp.${definition.region}.amazonaws.com/${id}`,
    clients: definition.clients,
    groups: definition.groups ?? [],
    passwordMinimumLength: definition.passwordMinimumLength ?? defaultPasswordMinimumLength,
    key: loadSigningKey(join(settings.dir, `${id.replace(/[^\w-]/g, '_')}.key.pem`)),
  }
}

function servePage(pools: Pools, request: PageRequest, nowMs: number): PageReply | undefined {
  if (request.path === '/oauth2/token' && request.method === 'POST') {
    return tokenEndpoint(pools, request, Math.floor(nowMs / 1000))
  }
  const [, poolId, document] = /^\/([^/]+)\/\.well-known\/(jwks\.json|openid-configuration)$/.exec(request.path) ?? []
  const pool = poolId === undefined ? undefined : pools.get(decodeURIComponent(poolId))
  if (pool === undefined || request.method !== 'GET') return undefined
  const headers = { 'cache-control': 'public, max-age=86400' }
  if (document === 'jwks.json') return { status: 200, headers, body: { keys: [pool.key.jwk] } }
  return { status: 200, headers, body: openIdConfiguration(pool, request) }
}

function openIdConfiguration(pool: Pool, request: PageRequest) {
  return {
    issuer: pool.issuer,
    jwks_uri: `${pool.issuer}/.well-known/jwks.json`,
    token_endpoint: `http://${request.headers.host}/oauth2/token`,
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'token'],
    scopes_supported: ['openid', 'email', 'phone', 'profile'],
    subject_types_supported: ['public'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
  }
}

function requireEnabledUser(store: UserStore, pool: Pool, name: string) {
  const user = findUser(store, pool, name) ?? store.byEmail(pool.id, name)
  if (user === undefined) throw new AwsError('UserNotFoundException', `User ${name} does not exist.`)
  if (!user.isEnabled) throw new AwsError('NotAuthorizedException', `User ${name} is disabled.`)
  return user
}

function firstPersonClient(pool: Pool): string {
  const client = pool.clients.find(({ flows }) => !flows.includes('client_credentials')) ?? pool.clients[0]
  if (client === undefined) throw new AwsError('ResourceNotFoundException', `User pool ${pool.id} has no client.`)
  return client.id
}

import type { PageReply, PageRequest } from '../json-server.ts'
import { allowsFlow, findClient, type PoolClient, type Pools } from './pool.ts'
import { accessTokenValidityS, machineToken } from './tokens.ts'

/** `POST /oauth2/token`: gives a machine an access token for its client id and secret. */
export function tokenEndpoint(pools: Pools, request: PageRequest, nowS: number): PageReply {
  const form = new URLSearchParams(request.body)
  const { id, secret } = clientCredentials(request, form)
  const found = findClient(pools, id)
  if (found === undefined || found.client.secret === undefined || found.client.secret !== secret) {
    return refuse('invalid_client')
  }
  if (form.get('grant_type') !== 'client_credentials') return refuse('unsupported_grant_type')
  if (!allowsFlow(found.client, 'client_credentials')) return refuse('unauthorized_client')
  const scope = grantedScope(found.client, form.get('scope'))
  if (scope === undefined) return refuse('invalid_scope')
  const body = {
    access_token: machineToken(found.pool, found.client, scope, nowS),
    expires_in: accessTokenValidityS(found.client),
    token_type: 'Bearer',
  }
  return { status: 200, headers: { 'cache-control': 'no-store' }, body }
}

/** HTTP Basic or, without it, the form's own fields. */
function clientCredentials(request: PageRequest, form: URLSearchParams): { id: string; secret: string } {
  const [, basic] = /^Basic (.+)$/i.exec(request.headers.authorization ?? '') ?? []
  if (basic === undefined) return { id: form.get('client_id') ?? '', secret: form.get('client_secret') ?? '' }
  const [id = '', ...secret] = Buffer.from(basic, 'base64').toString().split(':')
  return { id, secret: secret.join(':') }
}

/** The scopes asked for, all of the client's when none is; undefined when one of them is not the client's. */
function grantedScope(client: PoolClient, asked: string | null): string | undefined {
  const scopes = (asked ?? '').split(' ').filter(scope => scope !== '')
  if (client.scopes === undefined) return scopes.join(' ')
  if (scopes.length === 0) return client.scopes.join(' ')
  return scopes.every(scope => client.scopes?.includes(scope)) ? scopes.join(' ') : undefined
}

function refuse(error: string): PageReply {
  return { status: 400, body: { error } }
}

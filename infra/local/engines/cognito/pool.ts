import { AwsError } from '../aws-error.ts'
import type { SigningKey } from './signing-key.ts'

/** An app client of a user pool. */
export type PoolClient = {
  id: string
  name: string
  secret?: string | undefined
  /** `USER_PASSWORD_AUTH`, `REFRESH_TOKEN_AUTH` (with or without `ALLOW_`) and `client_credentials`. */
  flows: string[]
  /** OAuth scopes that client_credentials may ask for; left out, any. */
  scopes?: string[] | undefined
  accessTokenValidityS?: number | undefined
  refreshTokenValidityS?: number | undefined
}

/** What a pool is made from; the password minimum is 12 characters unless set. */
export type PoolDefinition = {
  clients: PoolClient[]
  region: string
  groups?: string[] | undefined
  passwordMinimumLength?: number | undefined
}

/** A user pool with its own signing key. */
export type Pool = {
  id: string
  arn: string
  issuer: string
  clients: PoolClient[]
  groups: string[]
  passwordMinimumLength: number
  key: SigningKey
}

/** The pools of this engine by id. */
export type Pools = Map<string, Pool>

/** Finds a pool or throws ResourceNotFoundException. */
export function findPool(pools: Pools, id: string): Pool {
  const pool = pools.get(id)
  if (pool === undefined) throw new AwsError('ResourceNotFoundException', `User pool ${id} does not exist.`)
  return pool
}

/** Finds a client and its pool; client ids are unique over all pools. */
export function findClient(pools: Pools, clientId: string): { pool: Pool; client: PoolClient } | undefined {
  for (const pool of pools.values()) {
    const client = pool.clients.find(({ id }) => id === clientId)
    if (client !== undefined) return { pool, client }
  }
  return undefined
}

/** Tells whether a client may sign in by a flow. */
export function allowsFlow(client: PoolClient, flow: string): boolean {
  return client.flows.includes(flow) || client.flows.includes(`ALLOW_${flow}`)
}

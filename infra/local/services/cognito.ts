import { join } from 'node:path'
import * as z from 'zod'
import type { Context, Service } from '../context.ts'
import { type Cognito, startCognito } from '../engines/cognito/start-cognito.ts'
import { type Resource, resourcesOf } from '../template.ts'

/** Signing in to the tenant's user pool. */
export type SignIn = {
  poolId: string
  /** An access token for a user (by e-mail or user id) or an integration (by its client's name). */
  tokenFor(name: string, options?: { expiresInS?: number }): Promise<string>
}

type Client = Parameters<Cognito['ensurePool']>[1]['clients'][number]

const clientProperties = z.object({
  UserPoolId: z.string(),
  ClientName: z.string().optional(),
  GenerateSecret: z.boolean().default(false),
  ExplicitAuthFlows: z.array(z.string()).default([]),
  AllowedOAuthFlows: z.array(z.string()).default([]),
  AllowedOAuthScopes: z.array(z.string()).optional(),
  AccessTokenValidity: z.number().default(60),
  TokenValidityUnits: z
    .object({ AccessToken: z.enum(['seconds', 'minutes', 'hours', 'days']).default('hours') })
    .optional(),
})

const secondsIn = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 }

const tokenAnswer = z.object({ access_token: z.string() })

/** Cognito with the template's user pool and clients. */
export const cognito: Service = {
  name: 'cognito',
  start: async context => {
    const { dataDir, assembly, resolve, authorize } = context
    const engine = await startCognito({ dir: join(dataDir, 'cognito'), region: assembly.region, authorize })
    context.endpoints['cognito-identity-provider'] = engine.url
    for (const { logicalId, stack } of resourcesOf(assembly, 'AWS::Cognito::UserPool')) {
      const poolId = String(resolve({ Ref: logicalId }, stack))
      const clients = readClients(context, poolId)
      engine.ensurePool(poolId, { region: stack.region, clients })
      context.started.cognito = { poolId, tokenFor: createTokenFor(engine, poolId, clients) }
    }
    return engine.stop
  },
}

function createTokenFor(engine: Cognito, poolId: string, clients: readonly Client[]): SignIn['tokenFor'] {
  return async (name, options) => {
    const machine = clients.find(client => client.name === name && client.flows.includes('client_credentials'))
    return machine ? requestMachineToken(engine, machine) : engine.accessTokenFor(poolId, name, options)
  }
}

async function requestMachineToken({ url }: Cognito, { id, secret = '' }: Client): Promise<string> {
  const credentials = Buffer.from(`${id}:${secret}`).toString('base64')
  const response = await fetch(`${url}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  })
  return tokenAnswer.parse(await response.json()).access_token
}

function readClients(context: Context, poolId: string): Client[] {
  return resourcesOf(context.assembly, 'AWS::Cognito::UserPoolClient')
    .map(resource => ({
      resource,
      properties: clientProperties.parse(context.resolve(resource.properties, resource.stack)),
    }))
    .filter(({ properties }) => properties.UserPoolId === poolId)
    .map(({ resource, properties }) => toClient(resource, properties, context))
}

function toClient(resource: Resource, properties: z.infer<typeof clientProperties>, { resolve }: Context): Client {
  const attribute = (name: string) => String(resolve({ 'Fn::GetAtt': [resource.logicalId, name] }, resource.stack))
  const unit = secondsIn[properties.TokenValidityUnits?.AccessToken ?? 'hours']
  return {
    id: attribute('ClientId'),
    name: properties.ClientName ?? resource.logicalId,
    secret: properties.GenerateSecret ? attribute('ClientSecret') : undefined,
    flows: [...properties.ExplicitAuthFlows, ...properties.AllowedOAuthFlows],
    scopes: properties.AllowedOAuthScopes,
    accessTokenValidityS: properties.AccessTokenValidity * unit,
  }
}

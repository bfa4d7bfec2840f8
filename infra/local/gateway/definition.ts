import * as z from 'zod'
import type { FunctionDefinition } from '../lambda/definition.ts'
import type { Resolve } from '../resolve.ts'
import { type Assembly, type Resource, resourcesOf } from '../template.ts'
import type { CorsRules } from './cors.ts'
import type { ThrottleLimits } from './throttle.ts'

/** An HTTP API of the template with its one stage. */
export type ApiDefinition = {
  apiId: string
  stage: string
  cors: CorsRules | undefined
  /** Undefined: the account's own limit, which one laptop does not reach. */
  throttle: ThrottleLimits | undefined
  accessLogFormat: string | undefined
  /** Name of the log group that access log lines go to. */
  accessLogGroup: string | undefined
  routes: ReadonlyArray<{ routeKey: string; target: RouteTarget }>
}

/** The function behind a route, and how long the gateway waits for it. */
export type RouteTarget = { definition: FunctionDefinition; timeoutMs: number; throttle: ThrottleLimits | undefined }

const strings = z.array(z.string()).default([])

const apiProperties = z.object({
  CorsConfiguration: z
    .object({
      AllowOrigins: strings,
      AllowMethods: strings,
      AllowHeaders: strings,
      ExposeHeaders: strings,
      MaxAge: z.number().optional(),
      AllowCredentials: z.boolean().default(false),
    })
    .optional(),
})

const routeSettings = z.object({
  ThrottlingRateLimit: z.number().optional(),
  ThrottlingBurstLimit: z.number().optional(),
})

const stageProperties = z.object({
  ApiId: z.string(),
  StageName: z.string(),
  DefaultRouteSettings: routeSettings.default({}),
  RouteSettings: z.record(z.string(), routeSettings).default({}),
  AccessLogSettings: z.object({ Format: z.string().optional(), DestinationArn: z.string().optional() }).default({}),
})

const routeProperties = z.object({ ApiId: z.string(), RouteKey: z.string(), Target: z.string() })

/** 30 s: the longest that an HTTP API waits for an integration. */
const longestTimeoutMs = 30_000

const integrationProperties = z.object({
  IntegrationUri: z.string(),
  TimeoutInMillis: z.number().default(longestTimeoutMs),
})

/** Reads the tenant's HTTP API; throws when the template has none. */
export function readApi(
  assembly: Assembly,
  resolve: Resolve,
  findFunction: (arn: string) => FunctionDefinition,
): ApiDefinition {
  const [api] = resourcesOf(assembly, 'AWS::ApiGatewayV2::Api')
  if (!api) throw new Error(`The synthesized tenant "${assembly.tenant}" has no HTTP API`)
  const read = (resource: Resource) => resolve(resource.properties, resource.stack)
  const apiId = String(resolve({ Ref: api.logicalId }, api.stack))
  const stage = resourcesOf(assembly, 'AWS::ApiGatewayV2::Stage')
    .map(resource => stageProperties.parse(read(resource)))
    .find(properties => properties.ApiId === apiId)
  const integrations = readIntegrations(assembly, resolve)
  const routes = resourcesOf(assembly, 'AWS::ApiGatewayV2::Route')
    .map(resource => routeProperties.parse(read(resource)))
    .map(({ RouteKey, Target }) => {
      const { IntegrationUri, TimeoutInMillis } = integrations(Target)
      const throttle = limitsOf(stage?.RouteSettings[RouteKey])
      return {
        routeKey: RouteKey,
        target: { definition: findFunction(IntegrationUri), timeoutMs: TimeoutInMillis, throttle },
      }
    })
  return {
    apiId,
    stage: stage?.StageName ?? '$default',
    cors: corsOf(apiProperties.parse(read(api))),
    throttle: limitsOf(stage?.DefaultRouteSettings),
    accessLogFormat: stage?.AccessLogSettings.Format,
    accessLogGroup: /:log-group:([^:]+)/.exec(stage?.AccessLogSettings.DestinationArn ?? '')?.[1],
    routes,
  }
}

function readIntegrations(assembly: Assembly, resolve: Resolve) {
  const integrations = new Map(
    resourcesOf(assembly, 'AWS::ApiGatewayV2::Integration').map(({ logicalId, stack, properties }) => {
      const name = `integrations/${resolve({ Ref: logicalId }, stack)}`
      return [name, integrationProperties.parse(resolve(properties, stack))] as const
    }),
  )
  return (target: string) => {
    const integration = integrations.get(target)
    if (integration) return integration
    throw new Error(`A route has the target "${target}", which no integration of the template is`)
  }
}

function limitsOf(settings: z.infer<typeof routeSettings> | undefined): ThrottleLimits | undefined {
  const { ThrottlingRateLimit: ratePerSecond, ThrottlingBurstLimit: burst } = settings ?? {}
  return ratePerSecond === undefined || burst === undefined ? undefined : { ratePerSecond, burst }
}

function corsOf({ CorsConfiguration: cors }: z.infer<typeof apiProperties>): CorsRules | undefined {
  return (
    cors && {
      origins: cors.AllowOrigins,
      methods: cors.AllowMethods,
      headers: cors.AllowHeaders,
      exposedHeaders: cors.ExposeHeaders,
      maxAgeS: cors.MaxAge,
      allowsCredentials: cors.AllowCredentials,
    }
  )
}

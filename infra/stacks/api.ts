import { CfnOutput, CustomResource, Duration, Stack, type StackProps } from 'aws-cdk-lib'
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import { CorsHttpMethod, HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import type { ILogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { acknowledge } from '#infra/constructs/acknowledge.ts'
import { apiFunctions } from '#infra/constructs/api-functions.ts'
import { CrmFunction } from '#infra/constructs/crm-function.ts'
import { DeadLetters } from '#infra/constructs/dead-letters.ts'
import type { House } from '#infra/constructs/house.ts'
import type { AccessLogStack } from '#infra/stacks/access-log.ts'
import type { DataStack } from '#infra/stacks/data.ts'
import type { EventsStack } from '#infra/stacks/events.ts'
import type { WorkflowsStack } from '#infra/stacks/workflows.ts'
import { routes } from '#schemas/api/routes.ts'
import type { TenantFile } from '#schemas/tenant.ts'

type ApiProps = StackProps & {
  house: House
  data: DataStack
  events: EventsStack
  accessLog: AccessLogStack
  workflows: WorkflowsStack
}

/** Raise to seed every tenant again at its next deployment, after a change of what seeding writes. */
const seedVersion = '2'

/** What people and systems call: the HTTP API, a function per family of routes, and the seeding of a new tenant. */
export class ApiStack extends Stack {
  readonly httpApi: HttpApi
  readonly functions: readonly CrmFunction[]
  readonly seedTenant: CrmFunction
  readonly seedDeadLetters: DeadLetters

  constructor(scope: Construct, id: string, props: ApiProps) {
    super(scope, id, props)
    const { fallback, ...families } = apiFunctions(this, props)
    this.functions = [...Object.values(families), fallback]
    this.httpApi = this.createApi(props.house.tenant, fallback)
    this.createStage(props.house.tenant, props.data.accessLog)
    this.addRoutes(families)
    this.seedDeadLetters = new DeadLetters(this, 'SeedDeadLetters', { house: props.house, of: 'seed-tenant' })
    this.seedTenant = this.createSeeder(props)
    this.seed(props)
    new CfnOutput(this, 'Url', { value: this.httpApi.apiEndpoint, description: 'Where the API answers' })
  }

  private createApi({ name, corsOrigins }: TenantFile, fallback: CrmFunction): HttpApi {
    return new HttpApi(this, 'Api', {
      apiName: `evergreen-${name}`,
      description: `CRM API of ${name}`,
      createDefaultStage: false,
      // Scoped to its route: the wider pattern of `integrate` has a path, which a call of $default has not.
      defaultIntegration: new HttpLambdaIntegration('Fallback', fallback.lambda),
      ...(corsOrigins.length > 0 && { corsPreflight: corsOf(corsOrigins) }),
    })
  }

  private createStage({ throttle }: TenantFile, accessLog: ILogGroup): void {
    new HttpStage(this, 'Stage', {
      httpApi: this.httpApi,
      autoDeploy: true,
      detailedMetricsEnabled: true,
      throttle: { rateLimit: throttle.ratePerSecond, burstLimit: throttle.burst },
      accessLogSettings: { destination: new LogGroupLogDestination(accessLog), format: accessLogFormat },
    })
  }

  private addRoutes(families: Record<(typeof routes)[number]['entry'], CrmFunction>): void {
    const integrations = new Map(
      Object.entries(families).map(([entry, family]) => [entry, integrate(family.node.id, family)]),
    )
    for (const { path, method, entry } of routes) {
      const integration = integrations.get(entry)
      if (integration) this.httpApi.addRoutes({ path, methods: [HttpMethod[method]], integration })
    }
    acknowledge(this.httpApi, {
      'AwsSolutions-APIG4':
        'The functions verify the JWT themselves (docs/decisions/0002): an HTTP API authorizer answers {"message":"Unauthorized"}, which can neither be problem+json nor carry the request to the access log.',
    })
  }

  private createSeeder({ house, data, events }: ApiProps): CrmFunction {
    return new CrmFunction(this, 'SeedTenant', {
      house,
      entry: 'deploy/seed-tenant',
      description: 'Writes the roles, teams, users and integrations of the tenant file at every deployment',
      errorImpact: 'A deployment fails, and people added to the tenant file cannot sign in.',
      uses: [data.records.readWrite, events.publish],
      timeoutSeconds: 120,
      deadLetters: this.seedDeadLetters,
    })
  }

  private seed({ house: { tenant }, data }: ApiProps): void {
    new CustomResource(this, 'Seed', {
      resourceType: 'Custom::SeedTenant',
      serviceToken: this.seedTenant.lambda.functionArn,
      serviceTimeout: Duration.minutes(5),
      properties: { users: tenant.users, integrations: data.signIn.integrationClients, seedVersion },
    })
  }
}

const integrate = (id: string, handler: CrmFunction): HttpLambdaIntegration =>
  // One permission a function: one for each route would outgrow the 20 KB of a function's policy.
  new HttpLambdaIntegration(id, handler.lambda, { scopePermissionToRoute: false })

const corsOf = (allowOrigins: string[]) => ({
  allowOrigins,
  allowMethods: [
    CorsHttpMethod.GET,
    CorsHttpMethod.POST,
    CorsHttpMethod.PUT,
    CorsHttpMethod.PATCH,
    CorsHttpMethod.DELETE,
  ],
  allowHeaders: [
    'authorization',
    'content-type',
    'idempotency-key',
    'if-match',
    'if-none-match',
    'prefer',
    'traceparent',
  ],
  exposeHeaders: [
    'allow',
    'etag',
    'idempotency-replayed',
    'location',
    'preference-applied',
    'retry-after',
    'server-timing',
    'www-authenticate',
    'x-dry-run',
    'x-request-id',
  ],
  maxAge: Duration.hours(1),
})

// The path without its query string: what people search for does not belong in a log.
const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    time: '$context.requestTime',
    timeMs: '$context.requestTimeEpoch',
    sourceIp: '$context.identity.sourceIp',
    userAgent: '$context.identity.userAgent',
    method: '$context.httpMethod',
    path: '$context.path',
    routeKey: '$context.routeKey',
    status: '$context.status',
    responseLength: '$context.responseLength',
    latencyMs: '$context.responseLatency',
    integrationLatencyMs: '$context.integrationLatency',
    integrationError: '$context.integrationErrorMessage',
  }),
)

import { beforeAll, describe, expect, it } from 'vitest'
import { entries } from '#infra/entries.ts'
import { readTenant } from '#infra/tenant-file.ts'
import { routes } from '#schemas/api/routes.ts'
import { tenantSettings } from '#schemas/tenant.ts'
import {
  functionNamed,
  ofType,
  only,
  type Resources,
  type Synthesized,
  synthesizeTenants,
} from './support/synthesized.ts'

let tenants: Record<'acme' | 'local', Synthesized>
let acme: Synthesized
let api: Resources

beforeAll(async () => {
  tenants = await synthesizeTenants('acme', 'local')
  acme = tenants.acme
  api = acme.api
})

/** `METHOD /path` -> function name, followed through route, integration and function. */
const deployedRoutes = (): [string, string][] =>
  ofType(api, 'AWS::ApiGatewayV2::Route').map(([, route]) => {
    const integrationId = route.Properties.Target['Fn::Join'][1][1].Ref
    const functionId = api[integrationId]?.Properties.IntegrationUri['Fn::GetAtt'][0]
    return [route.Properties.RouteKey, api[functionId]?.Properties.FunctionName]
  })

describe('routes', () => {
  it('are those of the route table, each once and at its function, and the fallback', () => {
    const expected = routes.map(({ method, path, entry }) => [
      `${method} ${path}`,
      `evergreen-acme-${entry.split('/').at(-1)}`,
    ])
    expect(deployedRoutes().sort()).toEqual([...expected, ['$default', 'evergreen-acme-fallback']].sort())
  })

  it('have no gateway authorizer: functions verify tokens, so that refusals are problem documents', () => {
    const types = ofType(api, 'AWS::ApiGatewayV2::Route').map(([, route]) => route.Properties.AuthorizationType)
    expect(new Set(types)).toEqual(new Set(['NONE']))
    expect(ofType(api, 'AWS::ApiGatewayV2::Authorizer')).toEqual([])
  })

  it('may each invoke their function, and the fallback also where a call has no path', () => {
    const sources = ofType(api, 'AWS::Lambda::Permission').map(([, { Properties: permission }]) => [
      permission.FunctionName['Fn::GetAtt'][0].replace(/Function[0-9A-F]+$/, ''),
      permission.SourceArn['Fn::Join'][1].at(-1),
    ])
    expect(Object.fromEntries(sources)).toEqual({
      Records: '/*/*/*',
      Accesses: '/*/*/*',
      Audits: '/*/*/*',
      Backups: '/*/*/*',
      Duplicates: '/*/*/*',
      Exports: '/*/*/*',
      Imports: '/*/*/*',
      Maintenance: '/*/*/*',
      Notifications: '/*/*/*',
      Quality: '/*/*/*',
      Refresh: '/*/*/*',
      Restores: '/*/*/*',
      Settings: '/*/*/*',
      SearchRecords: '/*/*/*',
      Me: '/*/*/*',
      Docs: '/*/*/*',
      Health: '/*/*/*',
      Fallback: '/*/*',
    })
  })
})

describe('stage', () => {
  it('throttles as the tenant file says', () => {
    expect(only(api, 'AWS::ApiGatewayV2::Stage').DefaultRouteSettings).toMatchObject({
      ThrottlingRateLimit: 100,
      ThrottlingBurstLimit: 200,
    })
  })

  it('logs every call as JSON with its request id, without query strings', () => {
    const { AccessLogSettings } = only(api, 'AWS::ApiGatewayV2::Stage')
    expect(JSON.parse(AccessLogSettings.Format)).toMatchObject({
      requestId: '$context.requestId',
      path: '$context.path',
      status: '$context.status',
    })
    expect(AccessLogSettings.Format).not.toMatch(/queryString|rawQuery/)
    expect(AccessLogSettings.DestinationArn).toEqual({ 'Fn::ImportValue': expect.stringContaining('AccessLog') })
  })
})

it.each(['acme', 'local'] as const)('CORS of %s lets in the origins of its tenant file and no other', tenant => {
  const cors = only(tenants[tenant].api, 'AWS::ApiGatewayV2::Api').CorsConfiguration
  expect(cors.AllowOrigins).toEqual(readTenant(tenant).corsOrigins)
  expect(cors.AllowHeaders).toEqual(expect.arrayContaining(['authorization', 'idempotency-key', 'if-match']))
  expect(cors.ExposeHeaders).toEqual(expect.arrayContaining(['etag', 'location', 'x-request-id']))
})

describe('functions', () => {
  const all = () => ofType(acme.all, 'AWS::Lambda::Function').map(([, fn]) => fn.Properties)

  it('are the listed entries, each deployed once', () => {
    const names = entries.map(entry => `evergreen-acme-${entry.split('/').at(-1)}`)
    expect(
      all()
        .map(fn => fn.FunctionName)
        .sort(),
    ).toEqual(names.sort())
  })

  it('all run on arm64 and Node 24, say what they do, and log JSON into a group of their own', () => {
    const groups = all().map(fn => fn.LoggingConfig.LogGroup.Ref)
    expect(new Set(groups).size).toBe(entries.length)
    for (const fn of all()) {
      expect(fn).toMatchObject({
        Architectures: ['arm64'],
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        LoggingConfig: { LogFormat: 'JSON' },
      })
      expect(fn.Description.length, fn.FunctionName).toBeGreaterThan(20)
    }
  })

  it('keep their logs as long as the tenant file says', () => {
    const groups = ofType(acme.all, 'AWS::Logs::LogGroup').map(([, group]) => group.Properties.RetentionInDays)
    const workflows = ofType(acme.workflows, 'AWS::StepFunctions::StateMachine')
    // One for each function, one for each workflow and the access log.
    expect(groups).toEqual(Array(entries.length + workflows.length + 1).fill(90))
  })

  it('get the tenant settings and only the variables that they use', () => {
    const variables = (name: string) => Object.keys(functionNamed(acme.all, name).Environment.Variables)
    const settings = JSON.parse(functionNamed(acme.all, 'records').Environment.Variables.TENANT)
    expect(tenantSettings.parse(settings)).toMatchObject({ name: 'acme', listShards: 4 })
    expect(variables('health')).toEqual(['TENANT', 'BUS_NAME', 'ACCESS_LOG_QUEUE_URL'])
    expect(variables('records')).toEqual([
      'TENANT',
      'TABLE_NAME',
      'USER_POOL_ID',
      'USER_POOL_CLIENT_IDS',
      'BUS_NAME',
      'ACCESS_LOG_QUEUE_URL',
    ])
    expect(variables('search')).toEqual(expect.arrayContaining(['TABLE_NAME', 'SEARCH_TABLE_NAME']))
    expect(variables('publish-changes')).toEqual(['TENANT', 'BUS_NAME'])
  })

  it('of the API end before the gateway gives up on them at 30 seconds', () => {
    const invoked = new Set(deployedRoutes().map(([, name]) => name))
    const timeouts = all()
      .filter(fn => invoked.has(fn.FunctionName))
      .map(fn => fn.Timeout)
    expect(Math.max(...timeouts)).toBeLessThan(30)
  })
})

it('seeding gets the users and integrations of the tenant file and keeps failed calls', () => {
  const seed = only(api, 'Custom::SeedTenant')
  expect(seed).toMatchObject({ users: readTenant('acme').users, seedVersion: '2' })
  expect(seed.integrations).toEqual([{ name: 'erp', clientId: { 'Fn::ImportValue': expect.any(String) } }])
  expect(functionNamed(api, 'seed-tenant').DeadLetterConfig.TargetArn['Fn::GetAtt'][0]).toMatch(/^SeedDeadLetters/)
})

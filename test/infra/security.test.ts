import { App, Stack, Validations } from 'aws-cdk-lib'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { AwsSolutionsChecks } from 'cdk-nag'
import { beforeAll, describe, expect, it } from 'vitest'
import { bundleFunctions } from '#infra/bundle.ts'
import { entries } from '#infra/entries.ts'
import { Tenant } from '#infra/tenant.ts'
import { readTenant } from '#infra/tenant-file.ts'
import { unencrypted, wildcards } from './support/findings.ts'
import {
  ofType,
  type Properties,
  projectOfStubs,
  type Resource,
  type Synthesized,
  statementsOf,
  synthesizeTenants,
  temporaryFolder,
} from './support/synthesized.ts'

let acme: Synthesized
let app: App

beforeAll(async () => {
  acme = (await synthesizeTenants('acme')).acme
  const bundles = await bundleFunctions({ entries, root: projectOfStubs(), outdir: temporaryFolder() })
  app = new App({ outdir: temporaryFolder() })
  new Tenant(app, { tenant: readTenant('acme'), bundles })
})

/** The production resources with one more, which is wrong. */
const withPlanted = (resource: Partial<Resource>) => ({
  ...acme.all,
  planted: { Type: '', Properties: {}, ...resource },
})

describe('encryption', () => {
  /** S3 delivers its access logs only to buckets with S3's own encryption; the log names objects and callers, never contents. */
  const argued = [expect.stringMatching(/^data\/FilesLogs[0-9A-F]/)]
  const tenantKey = (): Properties => {
    const [found] = ofType(acme.data, 'AWS::KMS::Key').filter(([id]) => id.startsWith('Key'))
    return found?.[1].Properties ?? {}
  }

  it('everything that keeps data uses the key of the tenant', () => {
    expect(unencrypted(acme.all)).toEqual(argued)
  })

  it.each<Partial<Resource>>([
    { Type: 'AWS::SQS::Queue' },
    { Type: 'AWS::SQS::Queue', Properties: { KmsMasterKeyId: 'alias/aws/sqs' } },
    { Type: 'AWS::SNS::Topic' },
    { Type: 'AWS::Logs::LogGroup' },
    { Type: 'AWS::Events::EventBus' },
    { Type: 'AWS::StepFunctions::StateMachine' },
    { Type: 'AWS::DynamoDB::Table', Properties: { SSESpecification: { SSEEnabled: true } } },
    { Type: 'AWS::S3::Bucket' },
    { Type: 'AWS::Scheduler::Schedule' },
    { Type: 'AWS::Kinesis::Stream' },
  ])('the check finds a planted %o', planted => {
    expect(unencrypted(withPlanted(planted))).toContainEqual(expect.stringContaining('planted'))
  })

  it('the key rotates, and AWS services may use it for this tenant only', () => {
    const key = tenantKey()
    expect(key.EnableKeyRotation).toBe(true)
    const services = key.KeyPolicy.Statement.filter((s: Properties) => s.Principal.Service)
    expect(services).toHaveLength(5)
    for (const statement of services) {
      // Logs of workflows are encrypted in a context that names the account and no more.
      expect(JSON.stringify(statement.Condition)).toMatch(
        /evergreen-acme|"kms:EncryptionContext:SourceArn":.*AWS::AccountId/,
      )
      expect([statement.Action].flat().join()).not.toContain('*')
    }
  })

  it('the key lets no principal in that IAM does not: the only other one is the account itself', () => {
    const { Statement } = tenantKey().KeyPolicy
    const others = Statement.filter((s: Properties) => !s.Principal.Service).map((s: Properties) => s.Principal)
    expect(others).toEqual([{ AWS: { 'Fn::Join': ['', ['arn:aws:iam::', { Ref: 'AWS::AccountId' }, ':root']] } }])
  })
})

describe('least privilege', () => {
  it('no role has a wildcard in an action or resource, a managed policy, or a policy added from elsewhere', () => {
    expect(wildcards(acme.all)).toEqual([])
  })

  const role = (statement: Properties): Partial<Resource> => ({
    Type: 'AWS::IAM::Role',
    Properties: { Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', ...statement }] } }] },
  })

  it.each<[string, Partial<Resource>]>([
    ['an action', role({ Action: 'dynamodb:*', Resource: 'arn' })],
    ['one of several actions', role({ Action: ['sqs:SendMessage', 'kms:GenerateDataKey*'], Resource: 'arn' })],
    ['a resource', role({ Action: 'dynamodb:GetItem', Resource: '*' })],
    ['all files', role({ Action: 's3:GetObject', Resource: { 'Fn::Join': ['', [{ Ref: 'B' }, '/*']] } })],
    [
      'files of more than their actions',
      role({
        Action: ['s3:GetObject', 's3:PutObjectAcl'],
        Resource: { 'Fn::Join': ['', [{ Ref: 'B' }, '/imports/*']] },
      }),
    ],
    [
      'runs of all workflows',
      role({ Action: 'states:StopExecution', Resource: 'arn:aws:states:eu-central-1:1:execution:*' }),
    ],
    ['all logs', role({ Action: 'logs:GetLogEvents', Resource: '*' })],
    ['part of a resource', role({ Action: 'a:B', Resource: [{ 'Fn::Join': ['', [{ Ref: 'T' }, '/index/*']] }] })],
    ['all but some actions', role({ NotAction: 'iam:CreateUser', Resource: 'arn' })],
    [
      'a managed policy',
      { Type: 'AWS::IAM::Role', Properties: { ManagedPolicyArns: ['AWSLambdaBasicExecutionRole'] } },
    ],
    ['a policy resource', { Type: 'AWS::IAM::Policy' }],
  ])('the check finds %s planted', (_, planted) => {
    expect(wildcards(withPlanted(planted))).toContainEqual(expect.stringContaining('planted'))
  })

  it('every function has a role of its own', () => {
    const roles = ofType(acme.all, 'AWS::Lambda::Function').map(([, fn]) => fn.Properties.Role['Fn::GetAtt'][0])
    expect(new Set(roles).size).toBe(roles.length)
  })

  it('records are changed and the search index is updated only by those whose job it is', () => {
    const tables = (name: string, action: string) =>
      statementsOf(acme.all, name)
        .filter(statement => [statement.Action].flat().includes(action))
        .map(statement => JSON.stringify(statement.Resource).match(/ExportsOutputFnGetAtt(Records|Search)/)?.[1])
    expect(tables('records', 'dynamodb:PutItem')).toEqual(['Records'])
    expect(tables('update-search', 'dynamodb:PutItem')).toEqual(['Search'])
    expect(tables('update-search', 'dynamodb:BatchGetItem')).toEqual(['Records', 'Search'])
    expect(tables('sync-sign-in', 'dynamodb:PutItem')).toEqual([])
  })

  const throughAService =
    /"kms:ViaService":.*"(dynamodb|sqs|s3|scheduler)\.eu-(central|west)-1\.|"kms:EncryptionContext:(aws:(states:stateMachineArn|scheduler:schedule:arn)|SourceArn)"/

  it('functions and workflows use the key only through the service that holds the data', () => {
    const keyStatements = ofType(acme.all, 'AWS::IAM::Role').flatMap(([, r]) =>
      r.Properties.Policies[0].PolicyDocument.Statement.filter(
        // The evidence key and that of webhooks sign and hold no data.
        (s: Properties) => `${s.Action}`.includes('kms:') && !/kms:(Sign|GetPublicKey|GenerateMac)/.test(`${s.Action}`),
      ),
    )
    expect(keyStatements.length).toBeGreaterThan(6)
    for (const { Condition } of keyStatements) {
      expect(JSON.stringify(Condition.StringEquals)).toMatch(throughAService)
    }
  })
})

describe('cdk-nag AwsSolutions', () => {
  const findings = () => new AwsSolutionsChecks().validateScope(app).violations.map(violation => violation.ruleName)

  it('finds nothing', () => {
    expect(findings()).toEqual([])
  })

  it('is acknowledged only where this list says, each time with an argument', () => {
    const acknowledged = app.node
      .findAll()
      .flatMap(({ node }) =>
        node.metadata
          .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
          .flatMap(({ data }) => Object.entries<string>(data)),
      )
    for (const [rule, argument] of acknowledged) expect(argument, rule).toMatch(/^[A-Z].{30,}\.$/)
    const rules = acknowledged.map(([rule]) => rule.replace(/\[.*/, '').split('::').at(-1))
    expect(new Set(rules)).toEqual(
      new Set(['APIG4', 'DDB3', 'IAM5', 'S1', 'S13', 'SQS3'].map(rule => `AwsSolutions-${rule}`)),
    )
  })

  it('finds a planted queue without encryption in transit and without dead letters', () => {
    const stack = new Stack(app, 'Planted')
    new Queue(stack, 'Queue')
    expect(findings()).toEqual(expect.arrayContaining(['AwsSolutions-SQS3', 'AwsSolutions-SQS4']))
    app.node.tryRemoveChild('Planted')
  })
})

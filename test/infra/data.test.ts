import { beforeAll, describe, expect, it } from 'vitest'
import { ofType, only, type Resources, synthesizeTenants } from './support/synthesized.ts'

let acme: Resources
let local: Resources

beforeAll(async () => {
  const tenants = await synthesizeTenants('acme', 'local')
  acme = tenants.acme.data
  local = tenants.local.data
})

const table = (resources: Resources, name: string) =>
  ofType(resources, 'AWS::DynamoDB::Table').find(([id]) => id.startsWith(name))?.[1].Properties ?? {}

describe('table Records', () => {
  it('has the keys and indexes that the store uses', () => {
    const { KeySchema, GlobalSecondaryIndexes } = table(acme, 'Records')
    expect(KeySchema).toEqual([
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ])
    expect(GlobalSecondaryIndexes).toEqual(
      ['byObject', 'byOwner', 'byParent'].map(index => ({
        IndexName: index,
        KeySchema: [
          { AttributeName: `${index}Pk`, KeyType: 'HASH' },
          { AttributeName: `${index}Sk`, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      })),
    )
  })

  it('is on demand, can go back 35 days, expires by ttl and streams both images', () => {
    expect(table(acme, 'Records')).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    })
  })
})

it('table Search has the same key and neither index, stream nor recovery', () => {
  const search = table(acme, 'Search')
  expect(search.KeySchema).toEqual(table(acme, 'Records').KeySchema)
  expect(Object.keys(search)).not.toEqual(
    expect.arrayContaining(['GlobalSecondaryIndexes', 'StreamSpecification', 'PointInTimeRecoverySpecification']),
  )
})

describe('deletion', () => {
  const stateful = [
    'AWS::DynamoDB::Table',
    'AWS::S3::Bucket',
    'AWS::KMS::Key',
    'AWS::Cognito::UserPool',
    'AWS::Logs::LogGroup',
  ]

  it.each(stateful)('%s of a production tenant outlives its stack', type => {
    const policies = ofType(acme, type).map(([, resource]) => [resource.DeletionPolicy, resource.UpdateReplacePolicy])
    expect(policies.length).toBeGreaterThan(0)
    expect(new Set(policies.flat())).toEqual(new Set(['Retain']))
  })

  it.each(stateful)('%s of a disposable tenant goes with its stack', type => {
    expect(new Set(ofType(local, type).map(([, resource]) => resource.DeletionPolicy))).toEqual(new Set(['Delete']))
  })

  it.each([
    ['acme', true, 'ACTIVE'],
    ['local', false, 'INACTIVE'],
  ] as const)('of %s is refused by tables: %s, and by the user pool: %s', (tenant, tables, pool) => {
    const resources = { acme, local }[tenant]
    expect(ofType(resources, 'AWS::DynamoDB::Table').map(([, t]) => t.Properties.DeletionProtectionEnabled)).toEqual([
      tables,
      tables,
    ])
    expect(only(resources, 'AWS::Cognito::UserPool').DeletionProtection).toBe(pool)
  })
})

describe('bucket Files', () => {
  it('is versioned, closed to the public and logs its access', () => {
    const files = ofType(acme, 'AWS::S3::Bucket').find(([id]) => /^Files[0-9A-F]/.test(id))?.[1].Properties
    expect(files).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LoggingConfiguration: { DestinationBucketName: { Ref: expect.stringMatching(/^FilesLogs/) } },
    })
  })

  it.each([
    ['exports/', 7],
    ['imports/', 180],
    ['cleanup/', 180],
    ['restores/', 180],
    ['backups/', 180],
    ['reports/', 400],
  ])('keeps what is under %s %i days, and older versions a week at most', (prefix, days) => {
    const files = ofType(acme, 'AWS::S3::Bucket').find(([id]) => /^Files[0-9A-F]/.test(id))?.[1].Properties
    const rules: Record<string, unknown>[] = files?.LifecycleConfiguration.Rules
    const rule = rules.find(({ Prefix }) => Prefix === prefix)
    expect(rule).toMatchObject({ ExpirationInDays: days, Status: 'Enabled' })
    expect(
      Number(
        (rule as { NoncurrentVersionExpiration: { NoncurrentDays: number } }).NoncurrentVersionExpiration
          .NoncurrentDays,
      ),
    ).toBeLessThanOrEqual(7)
  })

  it('refuses plain HTTP, old TLS and uploads under another key', () => {
    const policy = ofType(acme, 'AWS::S3::BucketPolicy').find(([id]) => /^FilesPolicy/.test(id))?.[1].Properties
    const denied = policy?.PolicyDocument.Statement.filter((s: { Effect: string }) => s.Effect === 'Deny')
    expect(denied.map((s: { Condition: unknown }) => s.Condition)).toEqual([
      { Bool: { 'aws:SecureTransport': 'false' } },
      { NumericLessThan: { 's3:TlsVersion': 1.2 } },
      {
        Null: { 's3:x-amz-server-side-encryption': 'false' },
        StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' },
      },
      {
        Null: { 's3:x-amz-server-side-encryption-aws-kms-key-id': 'false' },
        StringNotEquals: {
          's3:x-amz-server-side-encryption-aws-kms-key-id': { 'Fn::GetAtt': [expect.any(String), 'Arn'] },
        },
      },
    ])
  })
})

describe('sign-in', () => {
  it('asks for 12 characters of every class, and nobody can sign themselves up', () => {
    expect(only(acme, 'AWS::Cognito::UserPool')).toMatchObject({
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      AliasAttributes: ['email'],
      Policies: {
        PasswordPolicy: {
          MinimumLength: 12,
          RequireLowercase: true,
          RequireNumbers: true,
          RequireSymbols: true,
          RequireUppercase: true,
        },
      },
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
    })
  })

  it('takes MFA from the tenant file, by authenticator app only', () => {
    expect(only(acme, 'AWS::Cognito::UserPool')).toMatchObject({
      MfaConfiguration: 'ON',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
    })
    expect(only(local, 'AWS::Cognito::UserPool').MfaConfiguration).toBe('OPTIONAL')
  })

  const client = (name: string) =>
    ofType(acme, 'AWS::Cognito::UserPoolClient').find(([id]) => id.startsWith(`SignInPool${name}`))?.[1].Properties

  it('lets people sign in by SRP alone, with rotated refresh tokens, and not change who they are', () => {
    expect(client('People')).toMatchObject({
      ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'],
      RefreshTokenRotation: { Feature: 'ENABLED' },
      EnableTokenRevocation: true,
      AccessTokenValidity: 60,
      TokenValidityUnits: { AccessToken: 'minutes' },
      PreventUserExistenceErrors: 'ENABLED',
      WriteAttributes: ['locale'],
    })
    expect(client('People')).not.toHaveProperty('GenerateSecret')
  })

  it('gives an integration client credentials with the one scope, and no way to sign in a person', () => {
    expect(client('Integration')).toMatchObject({
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthScopes: [{ 'Fn::Join': ['', [expect.anything(), '/api']] }],
      GenerateSecret: true,
      ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
    })
  })
})

import { beforeAll, describe, expect, it } from 'vitest'
import { ofType, type Properties, type Synthesized, synthesizeTenants } from './support/synthesized.ts'

let acme: Synthesized
let local: Synthesized

beforeAll(async () => {
  const tenants = await synthesizeTenants('acme', 'local')
  acme = tenants.acme
  local = tenants.local
})

const bucketOf = (stack: 'data' | 'backup-copy', id: RegExp, of = acme): Properties =>
  ofType(of[stack], 'AWS::S3::Bucket').find(([logicalId]) => id.test(logicalId))?.[1].Properties

const vault = (of = acme) => bucketOf('data', /^Vault/, of)
const copy = (of = acme) => bucketOf('backup-copy', /^VaultCopy/, of)

describe.each([
  ['the vault', vault],
  ['its copy', copy],
] as const)('%s', (_, bucket) => {
  it('is versioned, closed to the public, and under a key of the tenant', () => {
    expect(bucket()).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    })
    const [rule] = bucket().BucketEncryption.ServerSideEncryptionConfiguration
    expect(rule.ServerSideEncryptionByDefault.SSEAlgorithm).toBe('aws:kms')
  })

  it('is locked as the tenant file says', () => {
    const lock = (mode: string, days: number) => ({ Rule: { DefaultRetention: { Mode: mode, Days: days } } })
    expect(bucket().ObjectLockEnabled).toBe(true)
    expect(bucket().ObjectLockConfiguration).toMatchObject(lock('COMPLIANCE', 35))
    expect(bucket(local).ObjectLockConfiguration).toMatchObject(lock('GOVERNANCE', 1))
  })
})

it('all of the vault is copied to the second region under the key of that region; deletions are not', () => {
  const [rule] = vault().ReplicationConfiguration.Rules
  expect(rule).toMatchObject({
    Status: 'Enabled',
    Filter: { Prefix: '' },
    DeleteMarkerReplication: { Status: 'Disabled' },
    Destination: { ReplicationTime: { Status: 'Enabled' } },
  })
  const { Bucket, EncryptionConfiguration } = rule.Destination
  expect(JSON.stringify(Bucket)).toMatch(/evergreen-acme-vault-copy-.*-eu-west-1/)
  expect(JSON.stringify(EncryptionConfiguration)).toMatch(/:kms:eu-west-1:.*alias\/evergreen-acme-copy/)
  expect(JSON.stringify(copy().BucketName)).toMatch(/evergreen-acme-vault-copy-.*-eu-west-1/)
})

it('files that cannot be made again are copied too, and expire there as here', () => {
  const files = ofType(acme.data, 'AWS::S3::Bucket').find(([, { Properties: p }]) =>
    /-files-/.test(JSON.stringify(p.BucketName)),
  )?.[1].Properties
  const filesCopy = bucketOf('backup-copy', /^FilesCopy/)
  const rules: Properties[] = files.ReplicationConfiguration.Rules
  expect(rules.map(({ Filter, Priority, Status }) => [Filter.Prefix, Priority, Status])).toEqual([
    ['cleanup/', 1, 'Enabled'],
    ['imports/', 2, 'Enabled'],
    ['reports/', 3, 'Enabled'],
  ])
  for (const { Destination } of rules)
    expect(JSON.stringify(Destination.Bucket)).toMatch(/evergreen-acme-files-copy-.*-eu-west-1/)
  expect(JSON.stringify(filesCopy.BucketName)).toMatch(/evergreen-acme-files-copy-.*-eu-west-1/)
  expect(filesCopy).toMatchObject({
    VersioningConfiguration: { Status: 'Enabled' },
    PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
    LifecycleConfiguration: files.LifecycleConfiguration,
  })
})

it('catalogues and reports are signed by a key that can do nothing else, and that outlives its stack', () => {
  const [, key] = ofType(acme.data, 'AWS::KMS::Key').find(([id]) => id.startsWith('Evidence')) ?? []
  expect(key?.Properties).toMatchObject({ KeyUsage: 'SIGN_VERIFY', KeySpec: 'RSA_3072' })
  expect(key?.DeletionPolicy).toBe('Retain')
})

it('only those whose job it is write to the vault, delete from it, sign, and touch scratch tables', () => {
  const named = (action: string, resource: RegExp) =>
    ofType(acme.all, 'AWS::IAM::Role')
      .filter(([, { Properties: p }]) =>
        (p.Policies ?? []).some(({ PolicyDocument }: Properties) =>
          PolicyDocument.Statement.some(
            (statement: Properties) =>
              [statement.Action].flat().includes(action) && resource.test(JSON.stringify(statement.Resource)),
          ),
        ),
      )
      .map(([id]) => id.replace(/^\w+\/(\w+?)Role[0-9A-F]+$/, '$1'))
      .toSorted()
  expect(named('s3:PutObject', /evergreen-acme-vault-[^c]/)).toEqual(['Backup', 'CatalogueBackup', 'EndDrill'])
  expect(named('s3:DeleteObjectVersion', /evergreen-acme-vault-/)).toEqual(['EndBackup'])
  expect(named('dynamodb:BatchWriteItem', /-drill-/)).toEqual(['ApplyIncrements'])
  expect(named('dynamodb:DeleteTable', /./)).toEqual(['EndDrill', 'FailDrill', 'PlanDrill'])
  expect(named('dynamodb:ImportTable', /./)).toEqual(['RestoreDrill'])
  expect(named('dynamodb:ExportTableToPointInTime', /./)).toEqual(['Backup'])
})

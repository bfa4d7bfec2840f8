import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, describe, expect, it } from 'vitest'
import type { Context } from '#infra/local/context.ts'
import { createAuthorizer } from '#infra/local/engines/iam.ts'
import { createNaming } from '#infra/local/names.ts'
import { readPrincipals } from '#infra/local/principals.ts'
import { kms } from '#infra/local/services/kms.ts'
import { s3 } from '#infra/local/services/s3.ts'
import type { Assembly, Resource, Stack } from '#infra/local/template.ts'
import { clientOptions } from './engines/support/client-options.ts'

type Resources = Record<string, { Type: string; Properties: Record<string, unknown> }>

function stackOf(name: string, region: string, resources: Resources): Stack {
  const map = new Map<string, Resource>()
  const nothing = { outputs: new Map(), mappings: {}, conditions: {}, parameters: {}, assets: new Map() }
  const stack: Stack = { name, region, resources: map, ...nothing }
  for (const [logicalId, { Type, Properties }] of Object.entries(resources))
    map.set(logicalId, { stack, logicalId, type: Type, properties: Properties, metadata: {} })
  return stack
}

const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] })
const bucketOf = (BucketName: string, key: string, more: Record<string, unknown> = {}) => ({
  Type: 'AWS::S3::Bucket',
  Properties: {
    BucketName,
    VersioningConfiguration: { Status: 'Enabled' },
    ObjectLockEnabled: true,
    ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1 } } },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [
        { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: arnOf(key) } },
      ],
    },
    ...more,
  },
})

const copyArn = 'arn:aws:s3:::vault-copy'
const copyKeys = 'arn:aws:kms:eu-central-1:000000000000'

/** The two regions of a tenant, as the template has them: the first knows the second by names only. */
function assemblyWith(aliasOfRole: string): Assembly {
  const copy = stackOf('copy', 'eu-central-1', {
    CopyKey: { Type: 'AWS::KMS::Key', Properties: { EnableKeyRotation: true } },
    CopyAlias: { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/copy', TargetKeyId: arnOf('CopyKey') } },
    VaultCopy: bucketOf('vault-copy', 'CopyKey'),
  })
  const allow = (Action: string[], Resource: unknown, more = {}) => ({ Effect: 'Allow', Action, Resource, ...more })
  const statements = [
    allow(['s3:GetObjectVersionForReplication'], { 'Fn::Join': ['', [arnOf('Vault'), '/*']] }),
    allow(['s3:ReplicateObject', 's3:ReplicateTags'], `${copyArn}/*`),
    allow(['kms:Decrypt'], arnOf('Key')),
    allow(['kms:Encrypt'], `${copyKeys}:key/*`, {
      Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': aliasOfRole } },
    }),
  ]
  const data = stackOf('data', 'eu-west-1', {
    Key: { Type: 'AWS::KMS::Key', Properties: {} },
    Evidence: { Type: 'AWS::KMS::Key', Properties: { KeySpec: 'RSA_3072', KeyUsage: 'SIGN_VERIFY' } },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: { Policies: [{ PolicyName: 'uses', PolicyDocument: { Statement: statements } }] },
    },
    Vault: bucketOf('vault', 'Key', {
      ReplicationConfiguration: {
        Role: arnOf('Role'),
        Rules: [
          {
            Id: 'everything',
            Status: 'Enabled',
            Priority: 1,
            Filter: { Prefix: '' },
            DeleteMarkerReplication: { Status: 'Disabled' },
            SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
            Destination: {
              Bucket: copyArn,
              EncryptionConfiguration: { ReplicaKmsKeyID: `${copyKeys}:alias/copy` },
            },
          },
        ],
      },
    }),
  })
  return { tenant: 'two', region: 'eu-west-1', stacks: [copy, data] }
}

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** Starts KMS and S3 on the template, writes to the vault, and answers what both buckets have of it. */
async function written(assembly: Assembly) {
  const dataDir = mkdtempSync(join(tmpdir(), 'evergreen-regions-'))
  folders.push(dataDir)
  const addresses = { keyIds: new Map() }
  const resolve = createNaming(assembly, addresses)
  const authorize: Context['authorize'] = (...question) =>
    createAuthorizer(readPrincipals(assembly, resolve))(...question)
  const parts = { dataDir, port: 0, log: () => {}, logAccess: undefined, endpoints: {}, started: {} }
  const context: Context = { assembly, resolve, addresses, authorize, ...parts }
  const endings = [await kms.start(context), await s3.start(context)]
  const client = new S3Client(clientOptions(context.endpoints['s3'] ?? ''))
  const head = (Bucket: string) => client.send(new HeadObjectCommand({ Bucket, Key: 'backup' })).catch(() => undefined)
  await client.send(new PutObjectCommand({ Bucket: 'vault', Key: 'backup', Body: 'content' }))
  await expect.poll(() => context.started.s3?.isIdle(), { interval: 5 }).toBe(true)
  const found = { vault: await head('vault'), copy: await head('vault-copy'), keyIds: addresses.keyIds }
  for (const end of endings.reverse()) await end()
  return found
}

describe('the stack of the second region', () => {
  it('has its bucket and key here too, and gets what is written to the first', async () => {
    const { vault, copy, keyIds } = await written(assemblyWith('alias/copy'))
    expect(vault).toMatchObject({
      ReplicationStatus: 'COMPLETED',
      SSEKMSKeyId: `arn:aws:kms:eu-west-1:000000000000:key/${keyIds.get('Key')}`,
    })
    expect(copy).toMatchObject({
      ReplicationStatus: 'REPLICA',
      VersionId: vault?.VersionId,
      SSEKMSKeyId: `${copyKeys}:key/${keyIds.get('CopyKey')}`,
      ObjectLockMode: 'GOVERNANCE',
    })
  })

  it('gets nothing while the role of the replication may use another key only', async () => {
    const { vault, copy } = await written(assemblyWith('alias/other'))
    expect(vault?.ReplicationStatus).toBe('FAILED')
    expect(copy).toBeUndefined()
  })
})

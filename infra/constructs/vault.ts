import { ArnFormat, Stack } from 'aws-cdk-lib'
import type { Table } from 'aws-cdk-lib/aws-dynamodb'
import { PolicyDocument, PolicyStatement, type PolicyStatementProps, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { type Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import { type Access, decryptThrough, keyUseThrough } from '#infra/constructs/access.ts'
import { acknowledgeWildcards } from '#infra/constructs/acknowledge.ts'
import { prefixOf } from '#infra/constructs/house.ts'
import { LockedBucket } from '#infra/constructs/locked-bucket.ts'
import type { TenantFile } from '#schemas/tenant.ts'

type VaultProps = { tenant: TenantFile; key: IKey; records: Table; indexes: readonly string[] }

/** Name of a tenant's vault; given, so that the role that the bucket replicates with can name the bucket. */
function vaultName(scope: Construct, tenant: TenantFile): string {
  return `${prefixOf(tenant)}-vault-${Stack.of(scope).account}-${tenant.region}`
}

/** Name of a tenant's bucket in its second region; made of names, so that neither region's stack waits for the other. */
export function copyBucketName(scope: Construct, tenant: TenantFile): string {
  return `${prefixOf(tenant)}-vault-copy-${Stack.of(scope).account}-${tenant.secondRegion}`
}

/** Alias of the key of the second region. */
export const copyKeyAlias = (tenant: TenantFile): string => `alias/${prefixOf(tenant)}-copy`

/** Where backups are kept: a locked bucket, copied object by object to the second region. */
export class Vault extends Construct {
  readonly bucket: Bucket
  /** Name of the bucket. */
  readonly name: string
  private readonly arn: string
  readonly read: Access
  /** Reading, and adding files: nothing that is there can be changed or deleted. */
  readonly write: Access
  /** Reading, and deleting for good what no lock holds. */
  readonly expire: Access
  /** Reading the copies in the second region. */
  readonly copy: Access
  /** What a workflow needs to let DynamoDB export the records into the vault. */
  readonly exports: readonly PolicyStatementProps[]
  /** What a workflow needs to let DynamoDB import a backup into a scratch table, that functions delete again. */
  readonly imports: readonly PolicyStatementProps[]
  /** Scratch tables: how they are called, filling, reading and deleting them. */
  readonly scratch: Record<'names' | 'fill' | 'scan' | 'read' | 'drop' | 'find', Access>

  constructor(scope: Construct, id: string, props: VaultProps) {
    super(scope, id)
    this.name = vaultName(this, props.tenant)
    this.arn = `arn:${Stack.of(this).partition}:s3:::${this.name}`
    this.bucket = new LockedBucket(this, 'Vault', { ...props, bucketName: this.name }).bucket
    this.replicate(props)
    const reading = ['s3:GetObject', 's3:GetObjectVersion']
    this.read = this.access(reading, ['kms:Decrypt'], props.key)
    const keyToWrite = ['kms:Decrypt', 'kms:GenerateDataKey']
    this.write = this.access([...reading, 's3:PutObject'], keyToWrite, props.key)
    this.expire = this.access([...reading, 's3:DeleteObjectVersion'], ['kms:Decrypt'], props.key)
    this.copy = this.accessToCopy(props.tenant)
    this.exports = this.permissionsToExport(props)
    this.imports = this.permissionsToImport(props)
    this.scratch = this.accessToScratch(props)
  }

  /** Under exactOptionalPropertyTypes CDK's own replication rules want an IBucket that its Bucket is not; and the copy is known by its name only. */
  private replicate({ tenant, key }: VaultProps): void {
    const resource = this.bucket.node.defaultChild
    if (!(resource instanceof CfnBucket)) throw new Error('A bucket without its resource')
    const copyArn = `arn:${Stack.of(this).partition}:s3:::${copyBucketName(this, tenant)}`
    resource.replicationConfiguration = {
      role: this.createReplicationRole({ tenant, key, copyArn }).roleArn,
      rules: [
        {
          id: 'everything',
          status: 'Enabled',
          priority: 1,
          filter: { prefix: '' },
          // What is deleted here stays there: a copy is what remains when somebody deletes.
          deleteMarkerReplication: { status: 'Disabled' },
          sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: 'Enabled' } },
          destination: {
            bucket: copyArn,
            encryptionConfiguration: { replicaKmsKeyId: this.copyKeyArn(tenant) },
            replicationTime: { status: 'Enabled', time: { minutes: 15 } },
            metrics: { status: 'Enabled', eventThreshold: { minutes: 15 } },
          },
        },
      ],
    }
  }

  private createReplicationRole({ tenant, key, copyArn }: { tenant: TenantFile; key: IKey; copyArn: string }): Role {
    const { account, region, urlSuffix } = Stack.of(this)
    const statements: PolicyStatementProps[] = [
      { actions: ['s3:GetReplicationConfiguration', 's3:ListBucket'], resources: [this.arn] },
      {
        actions: [
          's3:GetObjectVersionForReplication',
          's3:GetObjectVersionAcl',
          's3:GetObjectVersionTagging',
          's3:GetObjectRetention',
          's3:GetObjectLegalHold',
        ],
        resources: [`${this.arn}/*`],
      },
      { actions: ['s3:ReplicateObject', 's3:ReplicateTags'], resources: [`${copyArn}/*`] },
      {
        actions: ['kms:Decrypt'],
        resources: [key.keyArn],
        conditions: { StringEquals: { 'kms:ViaService': `s3.${region}.${urlSuffix}` } },
      },
      this.useOfCopyKey(tenant, ['kms:Encrypt', 'kms:GenerateDataKey']),
    ]
    const role = new Role(this, 'ReplicationRole', {
      assumedBy: new ServicePrincipal('s3.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
      description: `Copies the backups of ${tenant.name} to its second region`,
      inlinePolicies: {
        uses: new PolicyDocument({ statements: statements.map(statement => new PolicyStatement(statement)) }),
      },
    })
    acknowledgeWildcards(
      role,
      statements.flatMap(({ resources = [] }) => resources),
      'Every object of the vault is copied; the key of the second region has no other name here than its alias.',
    )
    return role
  }

  private access(objectActions: string[], keyActions: string[], key: IKey): Access {
    return {
      environment: { BACKUP_BUCKET: this.name },
      permissions: [
        { actions: objectActions, resources: [`${this.arn}/*`] },
        { actions: ['s3:ListBucket', 's3:ListBucketVersions'], resources: [this.arn] },
        keyUseThrough('s3', key, keyActions),
      ],
    }
  }

  private accessToCopy(tenant: TenantFile): Access {
    const name = copyBucketName(this, tenant)
    const arn = `arn:${Stack.of(this).partition}:s3:::${name}`
    return {
      environment: { BACKUP_COPY_BUCKET: name, BACKUP_COPY_REGION: tenant.secondRegion },
      permissions: [
        { actions: ['s3:GetObject', 's3:GetObjectVersion'], resources: [`${arn}/*`] },
        { actions: ['s3:ListBucket', 's3:ListBucketVersions'], resources: [arn] },
        this.useOfCopyKey(tenant, ['kms:Decrypt']),
      ],
    }
  }

  private permissionsToExport({ key, records }: VaultProps): PolicyStatementProps[] {
    // By its export, as the template of whoever uses it has it: the name under which its wildcard is argued for.
    const table = Stack.of(this).exportValue(records.tableArn)
    return [
      { actions: ['dynamodb:ExportTableToPointInTime', 'dynamodb:DescribeTable'], resources: [records.tableArn] },
      { actions: ['dynamodb:DescribeExport'], resources: [`${table}/export/*`] },
      { actions: ['s3:PutObject', 's3:AbortMultipartUpload'], resources: [`${this.arn}/table/*`] },
      keyUseThrough('s3', key, ['kms:Decrypt', 'kms:GenerateDataKey']),
      keyUseThrough('dynamodb', key, ['kms:Decrypt']),
    ]
  }

  private permissionsToImport({ tenant, key }: VaultProps): PolicyStatementProps[] {
    const scratch = this.scratchTables(tenant)
    return [
      {
        actions: ['ImportTable', 'DescribeImport'].map(name => `dynamodb:${name}`),
        resources: [scratch, `${scratch}/import/*`],
      },
      { actions: ['s3:GetObject'], resources: [`${this.arn}/table/*`] },
      { actions: ['s3:ListBucket'], resources: [this.arn] },
      keyUseThrough('s3', key, ['kms:Decrypt']),
      keyUseThrough('dynamodb', key, ['kms:Decrypt', 'kms:DescribeKey', 'kms:CreateGrant', 'kms:GenerateDataKey']),
      // DynamoDB writes what it could not import into a log group of its own.
      {
        actions: [
          'CreateLogGroup',
          'CreateLogStream',
          'DescribeLogGroups',
          'DescribeLogStreams',
          'PutLogEvents',
          'PutRetentionPolicy',
        ].map(name => `logs:${name}`),
        resources: [
          Stack.of(this).formatArn({
            service: 'logs',
            resource: 'log-group',
            resourceName: '/aws-dynamodb/*',
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        ],
      },
    ]
  }

  private accessToScratch({ tenant, key, indexes }: VaultProps) {
    const scratch = this.scratchTables(tenant)
    const items = (...names: string[]): Access => {
      const actions = names.map(name => `dynamodb:${name}`)
      return { environment: {}, permissions: [{ actions, resources: [scratch] }, decryptThrough('dynamodb', key)] }
    }
    const read = items('GetItem', 'BatchGetItem', 'Query')
    const queryIndexes = { actions: ['dynamodb:Query'], resources: indexes.map(index => `${scratch}/index/${index}`) }
    return {
      names: { environment: { SCRATCH_TABLE_PREFIX: `${prefixOf(tenant)}-drill-` }, permissions: [] },
      fill: items('BatchWriteItem'),
      scan: items('Scan'),
      read: { ...read, permissions: [...read.permissions, queryIndexes] },
      drop: items('DeleteTable', 'DescribeTable'),
      // Those that a dead drill has left are found by their names.
      find: { environment: {}, permissions: [{ actions: ['dynamodb:ListTables'], resources: ['*'] }] },
    }
  }

  private scratchTables(tenant: TenantFile): string {
    return Stack.of(this).formatArn({
      service: 'dynamodb',
      resource: 'table',
      resourceName: `${prefixOf(tenant)}-drill-*`,
    })
  }

  private copyKeyArn(tenant: TenantFile): string {
    const { partition, account } = Stack.of(this)
    return `arn:${partition}:kms:${tenant.secondRegion}:${account}:${copyKeyAlias(tenant)}`
  }

  /** An alias cannot be named in a permission, so the key is held to it by a condition. */
  useOfCopyKey(tenant: TenantFile, actions: string[]): PolicyStatementProps {
    const { partition, account, urlSuffix } = Stack.of(this)
    return {
      actions,
      resources: [`arn:${partition}:kms:${tenant.secondRegion}:${account}:key/*`],
      conditions: {
        StringEquals: { 'kms:ViaService': `s3.${tenant.secondRegion}.${urlSuffix}` },
        'ForAnyValue:StringEquals': { 'kms:ResourceAliases': copyKeyAlias(tenant) },
      },
    }
  }
}

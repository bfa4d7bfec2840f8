import { ArnFormat, Stack } from 'aws-cdk-lib'
import type { Table } from 'aws-cdk-lib/aws-dynamodb'
import type { PolicyStatementProps } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { Bucket } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import { type Access, decryptThrough, keyUseThrough } from '#infra/constructs/access.ts'
import { prefixOf } from '#infra/constructs/house.ts'
import { LockedBucket } from '#infra/constructs/locked-bucket.ts'
import { Replication } from '#infra/constructs/replication.ts'
import { bucketArn, copiedBucketName, copyBucketName, useOfCopyKey } from '#infra/constructs/second-region.ts'
import type { TenantFile } from '#schemas/tenant.ts'

type VaultProps = { tenant: TenantFile; key: IKey; records: Table; indexes: readonly string[] }

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
    this.name = copiedBucketName(this, props.tenant, 'vault')
    this.arn = bucketArn(this, this.name)
    this.bucket = new LockedBucket(this, 'Vault', { ...props, bucketName: this.name }).bucket
    new Replication(this, 'Replication', { ...props, bucket: this.bucket, of: 'vault', prefixes: [''] })
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
    const name = copyBucketName(this, tenant, 'vault')
    const arn = bucketArn(this, name)
    return {
      environment: { BACKUP_COPY_BUCKET: name, BACKUP_COPY_REGION: tenant.secondRegion },
      permissions: [
        { actions: ['s3:GetObject', 's3:GetObjectVersion'], resources: [`${arn}/*`] },
        { actions: ['s3:ListBucket', 's3:ListBucketVersions'], resources: [arn] },
        useOfCopyKey(this, tenant, ['kms:Decrypt']),
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
}

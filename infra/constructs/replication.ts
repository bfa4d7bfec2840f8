import { Stack } from 'aws-cdk-lib'
import { PolicyDocument, PolicyStatement, type PolicyStatementProps, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { type Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import { acknowledgeWildcards } from '#infra/constructs/acknowledge.ts'
import {
  bucketArn,
  type CopiedBucket,
  copiedBucketName,
  copyBucketName,
  copyKeyArn,
  useOfCopyKey,
} from '#infra/constructs/second-region.ts'
import type { TenantFile } from '#schemas/tenant.ts'

type ReplicationProps = {
  tenant: TenantFile
  /** What the bucket's objects are encrypted with. */
  key: IKey
  bucket: Bucket
  of: CopiedBucket
  /** What objects' keys begin with that are copied; all are when one is empty. */
  prefixes: readonly string[]
}

/** Copies what is written to a bucket to its copy in the second region. */
export class Replication extends Construct {
  constructor(scope: Construct, id: string, props: ReplicationProps) {
    super(scope, id)
    const { tenant, bucket, of, prefixes } = props
    const resource = bucket.node.defaultChild
    if (!(resource instanceof CfnBucket)) throw new Error('A bucket without its resource')
    const copyArn = bucketArn(this, copyBucketName(this, tenant, of))
    // Under exactOptionalPropertyTypes CDK's own replication rules want an IBucket that its Bucket is not; and the copy is known by its name only.
    resource.replicationConfiguration = {
      role: this.createRole(props, copyArn).roleArn,
      rules: prefixes.map((prefix, index) => this.rule({ tenant, prefix, priority: index + 1, copyArn })),
    }
  }

  private rule({
    tenant,
    prefix,
    priority,
    copyArn,
  }: {
    tenant: TenantFile
    prefix: string
    priority: number
    copyArn: string
  }) {
    return {
      id: prefix === '' ? 'everything' : prefix.replace(/\/$/, ''),
      status: 'Enabled',
      priority,
      filter: { prefix },
      // What is deleted here stays there: a copy is what remains when somebody deletes.
      deleteMarkerReplication: { status: 'Disabled' },
      sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: 'Enabled' } },
      destination: {
        bucket: copyArn,
        encryptionConfiguration: { replicaKmsKeyId: copyKeyArn(this, tenant) },
        replicationTime: { status: 'Enabled', time: { minutes: 15 } },
        metrics: { status: 'Enabled', eventThreshold: { minutes: 15 } },
      },
    }
  }

  private createRole({ tenant, key, of, prefixes }: ReplicationProps, copyArn: string): Role {
    const { account, region, urlSuffix } = Stack.of(this)
    const arn = bucketArn(this, copiedBucketName(this, tenant, of))
    const statements: PolicyStatementProps[] = [
      { actions: ['s3:GetReplicationConfiguration', 's3:ListBucket'], resources: [arn] },
      {
        actions: [
          's3:GetObjectVersionForReplication',
          's3:GetObjectVersionAcl',
          's3:GetObjectVersionTagging',
          's3:GetObjectRetention',
          's3:GetObjectLegalHold',
        ],
        resources: prefixes.map(prefix => `${arn}/${prefix}*`),
      },
      {
        actions: ['s3:ReplicateObject', 's3:ReplicateTags'],
        resources: prefixes.map(prefix => `${copyArn}/${prefix}*`),
      },
      {
        actions: ['kms:Decrypt'],
        resources: [key.keyArn],
        conditions: { StringEquals: { 'kms:ViaService': `s3.${region}.${urlSuffix}` } },
      },
      useOfCopyKey(this, tenant, ['kms:Encrypt', 'kms:GenerateDataKey']),
    ]
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('s3.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
      description: `Copies the ${of} of ${tenant.name} to its second region`,
      inlinePolicies: {
        uses: new PolicyDocument({ statements: statements.map(statement => new PolicyStatement(statement)) }),
      },
    })
    acknowledgeWildcards(
      role,
      statements.flatMap(({ resources = [] }) => resources),
      'Every object below a prefix is copied; the key of the second region has no other name here than its alias.',
    )
    return role
  }
}

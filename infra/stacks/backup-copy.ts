import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import { Key } from 'aws-cdk-lib/aws-kms'
import type { Construct } from 'constructs'
import { acknowledge } from '#infra/constructs/acknowledge.ts'
import { LockedBucket } from '#infra/constructs/locked-bucket.ts'
import { copyBucketName, copyKeyAlias } from '#infra/constructs/vault.ts'
import type { TenantFile } from '#schemas/tenant.ts'

/** The tenant's second region: a locked copy of its backups under a key of that region. Deployed before the first region writes to it. */
export class BackupCopyStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & { tenant: TenantFile }) {
    super(scope, id, { ...props, terminationProtection: !props.tenant.disposable })
    const { tenant } = props
    const key = new Key(this, 'CopyKey', {
      alias: copyKeyAlias(tenant),
      description: `Encrypts the copies of backups of ${tenant.name}`,
      enableKeyRotation: true,
      pendingWindow: Duration.days(30),
      removalPolicy: tenant.disposable ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    })
    const { bucket } = new LockedBucket(this, 'VaultCopy', { tenant, key, bucketName: copyBucketName(this, tenant) })
    acknowledge(bucket, {
      'AwsSolutions-S1':
        'Only replication and the anchors of the access log write here; who reads is logged in the first region.',
      'AwsSolutions-S13': 'A copy of a copy would prove nothing more.',
    })
  }
}

import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import { type IKey, Key } from 'aws-cdk-lib/aws-kms'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { acknowledge } from '#infra/constructs/acknowledge.ts'
import { filesLifecycle } from '#infra/constructs/files-bucket.ts'
import { LockedBucket } from '#infra/constructs/locked-bucket.ts'
import { encryptedWith, privateBucket } from '#infra/constructs/private-bucket.ts'
import { copyBucketName, copyKeyAlias } from '#infra/constructs/second-region.ts'
import type { TenantFile } from '#schemas/tenant.ts'

/** The tenant's second region: a locked copy of its backups, and a copy of its files, under a key of that region. Deployed before the first region writes to it. */
export class BackupCopyStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & { tenant: TenantFile }) {
    super(scope, id, { ...props, terminationProtection: !props.tenant.disposable })
    const { tenant } = props
    const key = new Key(this, 'CopyKey', {
      alias: copyKeyAlias(tenant),
      description: `Encrypts the copies of backups and files of ${tenant.name}`,
      enableKeyRotation: true,
      pendingWindow: Duration.days(30),
      removalPolicy: tenant.disposable ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    })
    const bucketName = copyBucketName(this, tenant, 'vault')
    const { bucket } = new LockedBucket(this, 'VaultCopy', { tenant, key, bucketName })
    for (const copy of [bucket, this.createFilesCopy(tenant, key)])
      acknowledge(copy, {
        'AwsSolutions-S1':
          'Only replication and the anchors of the access log write here; who reads is logged in the first region.',
        'AwsSolutions-S13': 'A copy of a copy would prove nothing more.',
      })
  }

  /** Not locked: files hold personal data and go when their time is over, here as there. */
  private createFilesCopy(tenant: TenantFile, key: IKey): Bucket {
    return new Bucket(this, 'FilesCopy', {
      bucketName: copyBucketName(this, tenant, 'files'),
      ...privateBucket(tenant),
      ...encryptedWith(key),
      lifecycleRules: filesLifecycle(),
    })
  }
}

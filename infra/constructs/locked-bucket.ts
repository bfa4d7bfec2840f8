import { Duration } from 'aws-cdk-lib'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { Bucket, ObjectLockRetention } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import { encryptedWith, privateBucket } from '#infra/constructs/private-bucket.ts'
import type { TenantFile } from '#schemas/tenant.ts'

type LockedBucketProps = {
  tenant: TenantFile
  key: IKey
  /** How long objects are locked; like backups by default. */
  lock?: TenantFile['backupLock']
  /** Given where another region has to know it. */
  bucketName?: string
}

/** A versioned bucket whose objects cannot be deleted or overwritten for good while the tenant's lock lasts. */
export class LockedBucket extends Construct {
  readonly bucket: Bucket

  constructor(scope: Construct, id: string, { tenant, key, bucketName, lock = tenant.backupLock }: LockedBucketProps) {
    super(scope, id)
    const { mode, days } = lock
    const lasting = Duration.days(days)
    this.bucket = new Bucket(this, 'Bucket', {
      ...(bucketName !== undefined && { bucketName }),
      ...privateBucket(tenant),
      ...encryptedWith(key),
      objectLockEnabled: true,
      objectLockDefaultRetention:
        mode === 'compliance' ? ObjectLockRetention.compliance(lasting) : ObjectLockRetention.governance(lasting),
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(7) }],
    })
  }
}

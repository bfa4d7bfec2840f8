import { Duration, Stack } from 'aws-cdk-lib'
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { Bucket, BucketEncryption, CfnBucket, type CorsRule, HttpMethods, type LifecycleRule } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import type { Access } from '#infra/constructs/access.ts'
import { encryptedWith, privateBucket } from '#infra/constructs/private-bucket.ts'
import { Replication } from '#infra/constructs/replication.ts'
import { bucketArn, copiedBucketName, copyBucketName } from '#infra/constructs/second-region.ts'
import { archiveDays } from '#lib/archive/archive-files.ts'
import { copiedPrefixes } from '#lib/backup/vault-keys.ts'
import type { TenantFile } from '#schemas/tenant.ts'

/** How long files are kept; their copies in the second region too. */
export function filesLifecycle(): LifecycleRule[] {
  return [
    { abortIncompleteMultipartUploadAfter: Duration.days(7) },
    // Copies of personal data do not stay longer than they are of use: a download, the undoing of an import or a cleanup, a trend over a year.
    { prefix: 'exports/', expiration: Duration.days(7), noncurrentVersionExpiration: Duration.days(1) },
    { prefix: 'archives/', expiration: Duration.days(archiveDays), noncurrentVersionExpiration: Duration.days(1) },
    { prefix: 'imports/', expiration: Duration.days(180), noncurrentVersionExpiration: Duration.days(7) },
    { prefix: 'cleanup/', expiration: Duration.days(180), noncurrentVersionExpiration: Duration.days(7) },
    { prefix: 'restores/', expiration: Duration.days(180), noncurrentVersionExpiration: Duration.days(7) },
    { prefix: 'backups/', expiration: Duration.days(180), noncurrentVersionExpiration: Duration.days(7) },
    { prefix: 'reports/', expiration: Duration.days(400), noncurrentVersionExpiration: Duration.days(7) },
  ]
}

/**
 * The tenant's files (versioned, encrypted with its key; what cannot be made again is copied to the second region) and the
 * bucket that logs who read them.
 */
export class FilesBucket extends Construct {
  readonly files: Bucket
  /** Seeing which files the second region has. */
  readonly seeCopy: Access
  private readonly logs: Bucket

  constructor(scope: Construct, id: string, { tenant, key }: { tenant: TenantFile; key: IKey }) {
    super(scope, id)
    this.logs = new Bucket(this, 'Logs', {
      ...privateBucket(tenant),
      // S3 delivers access logs only to buckets with its own encryption; they name objects and callers, never contents.
      encryption: BucketEncryption.S3_MANAGED,
      lifecycleRules: [{ expiration: Duration.days(400), noncurrentVersionExpiration: Duration.days(30) }],
    })
    this.files = new Bucket(this, 'Files', {
      ...privateBucket(tenant),
      bucketName: copiedBucketName(this, tenant, 'files'),
      ...encryptedWith(key),
      lifecycleRules: filesLifecycle(),
      ...(tenant.corsOrigins.length > 0 && { cors: [fromBrowsers(tenant.corsOrigins)] }),
    })
    this.logAccess(this.files, 'files/')
    this.refuseOtherKeys(key)
    new Replication(this, 'Replication', { tenant, key, bucket: this.files, of: 'files', prefixes: copiedPrefixes })
    this.seeCopy = this.accessToCopy(tenant)
  }

  private accessToCopy(tenant: TenantFile): Access {
    const name = copyBucketName(this, tenant, 'files')
    return {
      environment: { FILES_COPY_BUCKET: name, BACKUP_COPY_REGION: tenant.secondRegion },
      permissions: [{ actions: ['s3:ListBucketVersions'], resources: [bucketArn(this, name)] }],
    }
  }

  /**
   * Logs who reads a bucket of the tenant, under a prefix of its own. Under exactOptionalPropertyTypes CDK's Bucket is not its
   * own IBucket, so `serverAccessLogsBucket` cannot be used.
   */
  logAccess(bucket: Bucket, prefix: string): void {
    const resource = bucket.node.defaultChild
    if (!(resource instanceof CfnBucket)) throw new Error('A bucket without its resource')
    resource.loggingConfiguration = { destinationBucketName: this.logs.bucketName, logFilePrefix: prefix }
    this.logs.addToResourcePolicy(
      new PolicyStatement({
        actions: ['s3:PutObject'],
        principals: [new ServicePrincipal('logging.s3.amazonaws.com')],
        resources: [this.logs.arnForObjects(`${prefix}*`)],
        conditions: {
          ArnLike: { 'aws:SourceArn': bucket.bucketArn },
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
        },
      }),
    )
  }

  /** The default encryption applies only to uploads that do not ask for another one. */
  private refuseOtherKeys(key: IKey): void {
    const header = 's3:x-amz-server-side-encryption'
    const others = { [header]: 'aws:kms', [`${header}-aws-kms-key-id`]: key.keyArn }
    for (const [name, value] of Object.entries(others)) {
      this.files.addToResourcePolicy(
        new PolicyStatement({
          effect: Effect.DENY,
          actions: ['s3:PutObject'],
          principals: [new AnyPrincipal()],
          resources: [this.files.arnForObjects('*')],
          conditions: { Null: { [name]: 'false' }, StringNotEquals: { [name]: value } },
        }),
      )
    }
  }
}

/** Lets pages of the tenant's origins use the presigned addresses that the API hands out; without one they get nothing. */
const fromBrowsers = (allowedOrigins: string[]): CorsRule => ({
  allowedOrigins,
  allowedMethods: [HttpMethods.PUT, HttpMethods.GET, HttpMethods.HEAD],
  allowedHeaders: ['content-type'],
  exposedHeaders: ['etag'],
  maxAge: Duration.hours(1).toSeconds(),
})

import { RemovalPolicy } from 'aws-cdk-lib'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { BlockPublicAccess, BucketEncryption, type BucketProps, ObjectOwnership } from 'aws-cdk-lib/aws-s3'
import type { TenantFile } from '#schemas/tenant.ts'

/** What every bucket of a tenant is: versioned, closed to the public, by TLS only, kept when its stack goes. */
export function privateBucket(tenant: TenantFile) {
  return {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    versioned: true,
    removalPolicy: tenant.disposable ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
  } satisfies BucketProps
}

/** Encrypted with a key, of which S3 asks once for many objects. */
export function encryptedWith(key: IKey) {
  return { encryption: BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true } satisfies BucketProps
}

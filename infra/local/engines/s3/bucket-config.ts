import { requireBucket } from './bucket-store.ts'
import { receiveText } from './receive-body.ts'
import type { S3Operation } from './s3-call.ts'
import { notFound } from './s3-errors.ts'

/** Configuration documents that are kept and given back as they came: query parameter, IAM's name for it, error when unset. */
export const bucketConfigs = [
  { name: 'lifecycle', iamName: 'LifecycleConfiguration', missing: 'NoSuchLifecycleConfiguration' },
  { name: 'encryption', iamName: 'EncryptionConfiguration', missing: 'ServerSideEncryptionConfigurationNotFoundError' },
  { name: 'cors', iamName: 'BucketCORS', missing: 'NoSuchCORSConfiguration' },
  { name: 'object-lock', iamName: 'BucketObjectLockConfiguration', missing: 'ObjectLockConfigurationNotFoundError' },
  { name: 'policy', iamName: 'BucketPolicy', missing: 'NoSuchBucketPolicy' },
  { name: 'publicAccessBlock', iamName: 'BucketPublicAccessBlock', missing: 'NoSuchPublicAccessBlockConfiguration' },
  { name: 'notification', iamName: 'BucketNotification', missing: 'NoSuchConfiguration' },
  { name: 'tagging', iamName: 'BucketTagging', missing: 'NoSuchTagSet' },
  { name: 'ownershipControls', iamName: 'BucketOwnershipControls', missing: 'OwnershipControlsNotFoundError' },
  { name: 'replication', iamName: 'ReplicationConfiguration', missing: 'ReplicationConfigurationNotFoundError' },
  { name: 'logging', iamName: 'BucketLogging', missing: 'NoSuchConfiguration' },
] as const

/** `GET ?<name>` */
export function getConfig(name: string, missing: string): S3Operation {
  return call => {
    const document = requireBucket(call.s3.buckets, call.request.bucket).config[name]
    if (document === undefined) throw notFound(missing, `The bucket has no ${name} configuration`)
    return { status: 200, body: document }
  }
}

/** `PUT ?<name>` */
export function putConfig(name: string): S3Operation {
  return async call => {
    const document = await receiveText(call.request)
    call.s3.buckets.setConfig(requireBucket(call.s3.buckets, call.request.bucket), name, document)
    return { status: 200 }
  }
}

/** `DELETE ?<name>` */
export function deleteConfig(name: string): S3Operation {
  return call => {
    call.s3.buckets.setConfig(requireBucket(call.s3.buckets, call.request.bucket), name, undefined)
    return { status: 204 }
  }
}

import { AwsError } from '../aws-error.ts'
import { requireBucket } from './bucket-store.ts'
import { type S3Call, s3Arn } from './s3-call.ts'
import { accessDenied, notFound } from './s3-errors.ts'
import type { Version } from './version-store.ts'

/** The version that a request names, by default the newest; a missing one or a delete marker is an error. */
export function findVersion(call: S3Call): Version {
  const { bucket, key, query } = call.request
  requireBucket(call.s3.buckets, bucket)
  const id = query.get('versionId')
  const version = id === null ? call.s3.versions.current(bucket, key) : call.s3.versions.byId(bucket, key, id)
  if (version === undefined) throw missing(call, id)
  if (!version.isMarker) return version
  const headers = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': version.id }
  if (id === null) throw new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404, headers })
  throw new AwsError('MethodNotAllowed', 'A delete marker has no content.', { status: 405, headers })
}

/** Who may not list a bucket does not learn what is missing from it. */
function missing(call: S3Call, id: string | null): AwsError {
  if (!call.may('s3:ListBucket', s3Arn(call.request.bucket))) return accessDenied()
  return id === null
    ? notFound('NoSuchKey', 'The specified key does not exist.')
    : notFound('NoSuchVersion', 'The specified version does not exist.')
}

import { AwsError } from '../aws-error.ts'
import { requireBucket } from './bucket-store.ts'
import { receiveText } from './receive-body.ts'
import type { S3Operation } from './s3-call.ts'
import { badRequest } from './s3-errors.ts'
import { element, textOf, xmlDocument } from './xml.ts'

/** `GET /` */
export const listBuckets: S3Operation = call => {
  const buckets = call.s3.buckets
    .all()
    .map(({ name, createdAt }) => `<Bucket>${element('Name', name)}${element('CreationDate', createdAt)}</Bucket>`)
  return { status: 200, body: xmlDocument('ListAllMyBucketsResult', `<Buckets>${buckets.join('')}</Buckets>`) }
}

/** `PUT /bucket` */
export const createBucket: S3Operation = call => {
  const { bucket: name, headers } = call.request
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) {
    throw badRequest('InvalidBucketName', 'The specified bucket is not valid.')
  }
  if (call.s3.buckets.find(name) !== undefined) {
    throw new AwsError('BucketAlreadyOwnedByYou', 'You already own this bucket.', { status: 409 })
  }
  call.s3.buckets.add(name, new Date(call.s3.now()).toISOString())
  // Object Lock works on versions, so S3 switches them on with it.
  if (headers['x-amz-bucket-object-lock-enabled'] === 'true') call.s3.buckets.setVersioning('Enabled', name)
  return { status: 200, headers: { location: `/${name}` } }
}

/** `HEAD /bucket` */
export const headBucket: S3Operation = call => {
  requireBucket(call.s3.buckets, call.request.bucket)
  return { status: 200 }
}

/** `DELETE /bucket` */
export const deleteBucket: S3Operation = call => {
  const { name } = requireBucket(call.s3.buckets, call.request.bucket)
  if (call.s3.versions.anyIn(name) !== undefined) {
    throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', { status: 409 })
  }
  call.s3.buckets.delete(name)
  return { status: 204 }
}

/** `GET ?versioning` */
export const getVersioning: S3Operation = call => {
  const { versioning } = requireBucket(call.s3.buckets, call.request.bucket)
  return { status: 200, body: xmlDocument('VersioningConfiguration', element('Status', versioning ?? undefined)) }
}

/** `PUT ?versioning` */
export const putVersioning: S3Operation = async call => {
  const status = textOf(await receiveText(call.request), 'Status')
  const { name } = requireBucket(call.s3.buckets, call.request.bucket)
  if (status !== 'Enabled' && status !== 'Suspended') throw badRequest('MalformedXML', 'Status is Enabled or Suspended')
  call.s3.buckets.setVersioning(status, name)
  return { status: 200 }
}

/** `GET ?location` */
export const getLocation: S3Operation = call => {
  requireBucket(call.s3.buckets, call.request.bucket)
  return { status: 200, body: xmlDocument('LocationConstraint', '') }
}

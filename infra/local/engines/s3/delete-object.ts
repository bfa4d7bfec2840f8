import { AwsError } from '../aws-error.ts'
import { type Bucket, requireBucket } from './bucket-store.ts'
import { addVersion, removeBlob } from './commit-version.ts'
import { assertDeletable, mayBypassGovernance } from './object-lock.ts'
import { receiveText } from './receive-body.ts'
import { type S3Call, type S3Operation, s3Arn } from './s3-call.ts'
import { badRequest } from './s3-errors.ts'
import type { NewVersion } from './version-store.ts'
import { element, innerXmlOf, textOf, xmlDocument } from './xml.ts'

/** Most objects that one request may delete. */
const maxObjects = 1000

const deleteMarker: NewVersion = {
  isMarker: true,
  blob: null,
  size: 0,
  etag: '',
  headers: {},
  checksums: {},
  tags: [],
  lock: {},
}

/** `DELETE /bucket/key`: a version for good, else a delete marker where versions are kept. */
export const deleteObject: S3Operation = async call => {
  const bucket = requireBucket(call.s3.buckets, call.request.bucket)
  const headers = await deleteOne(call, bucket, call.request.key, call.request.query.get('versionId') ?? undefined)
  return { status: 204, headers }
}

/** `POST ?delete`: up to 1,000 objects, each with its own outcome. */
export const deleteObjects: S3Operation = async call => {
  const bucket = requireBucket(call.s3.buckets, call.request.bucket)
  const document = await receiveText(call.request)
  const objects = innerXmlOf(document, 'Object')
  if (objects.length === 0 || objects.length > maxObjects) {
    throw badRequest('MalformedXML', `1 to ${maxObjects} objects a request`)
  }
  const isQuiet = textOf(document, 'Quiet') === 'true'
  const results: string[] = []
  for (const object of objects) {
    results.push(
      await deleteListed(call, bucket, { key: textOf(object, 'Key') ?? '', id: textOf(object, 'VersionId') }, isQuiet),
    )
  }
  return { status: 200, body: xmlDocument('DeleteResult', results.join('')) }
}

async function deleteListed(
  call: S3Call,
  bucket: Bucket,
  { key, id }: { key: string; id: string | undefined },
  isQuiet: boolean,
): Promise<string> {
  const named = element('Key', key) + element('VersionId', id)
  try {
    call.demand(id === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion', s3Arn(bucket.name, key))
    const { 'x-amz-delete-marker': marker, 'x-amz-version-id': markerId } = await deleteOne(call, bucket, key, id)
    const about = marker === undefined ? '' : element('DeleteMarker', true) + element('DeleteMarkerVersionId', markerId)
    return isQuiet ? '' : `<Deleted>${named}${about}</Deleted>`
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return `<Error>${named}${element('Code', error.code)}${element('Message', error.message)}</Error>`
  }
}

/** Deletes and answers the headers that say what happened. */
async function deleteOne(
  call: S3Call,
  bucket: Bucket,
  key: string,
  id: string | undefined,
): Promise<Record<string, string>> {
  const { s3 } = call
  if (id !== undefined) return deleteVersion(call, bucket, key, id)
  if (bucket.versioning === null) {
    await deleteVersion(call, bucket, key, 'null')
    return {}
  }
  const { replaced, headers } = s3.transaction(() => addVersion(s3, bucket, key, deleteMarker))
  await removeBlob(s3, replaced)
  return { ...headers, 'x-amz-delete-marker': 'true' }
}

async function deleteVersion(call: S3Call, bucket: Bucket, key: string, id: string): Promise<Record<string, string>> {
  const version = call.s3.versions.byId(bucket.name, key, id)
  const headers = { 'x-amz-version-id': id }
  if (version === undefined) return headers
  assertDeletable(version.lock, call.s3.now(), mayBypassGovernance(call, key))
  call.s3.versions.delete(version.seq)
  call.s3.replication.forget(version.seq)
  await removeBlob(call.s3, version)
  return version.isMarker ? { ...headers, 'x-amz-delete-marker': 'true' } : headers
}

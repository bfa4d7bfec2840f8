import { requireBucket } from './bucket-store.ts'
import { commitVersion } from './commit-version.ts'
import { demandDecrypt, encryptionHeaders } from './encryption.ts'
import { type S3Call, type S3Operation, s3Arn } from './s3-call.ts'
import { badRequest, notFound } from './s3-errors.ts'
import { storedHeaders } from './stored-headers.ts'
import { tagsFromHeader } from './tags.ts'
import type { Version } from './version-store.ts'
import { element, xmlDocument } from './xml.ts'

/** `PUT /bucket/key` with x-amz-copy-source: content, and unless replaced headers and tags, of another version. */
export const copyObject: S3Operation = async call => {
  const { s3, request } = call
  const bucket = requireBucket(s3.buckets, request.bucket)
  const { source, headers: sourceHeaders } = findSource(call)
  const own = request.headers['x-amz-metadata-directive'] === 'REPLACE' ? request.headers : source.headers
  const headers = { ...storedHeaders(own), ...encryptionHeaders(call, bucket) }
  const isRetagged = request.headers['x-amz-tagging-directive'] === 'REPLACE'
  const tags = isRetagged ? tagsFromHeader(request.headers['x-amz-tagging']) : source.tags
  const blob = await s3.blobs.concatenate(source.blob === null ? [] : [source.blob])
  const { size, etag, checksums } = source
  const versionHeaders = await commitVersion(call, { blob, size, etag, headers, checksums, tags })
  const body = xmlDocument(
    'CopyObjectResult',
    element('ETag', `"${etag}"`) + element('LastModified', new Date(s3.now()).toISOString()),
  )
  return { status: 200, headers: { ...versionHeaders, ...sourceHeaders }, body }
}

/** The version to copy, which the caller must be allowed to read. */
function findSource(call: S3Call): { source: Version; headers: Record<string, string> } {
  const [path = '', query] = (call.request.headers['x-amz-copy-source'] ?? '').split('?')
  const [bucket = '', ...segments] = decodeURIComponent(path).replace(/^\//, '').split('/')
  const key = segments.join('/')
  if (key === '') throw badRequest('InvalidArgument', 'x-amz-copy-source is /bucket/key, percent-encoded')
  const id = new URLSearchParams(query).get('versionId')
  call.demand(id === null ? 's3:GetObject' : 's3:GetObjectVersion', s3Arn(bucket, key))
  requireBucket(call.s3.buckets, bucket)
  const source = id === null ? call.s3.versions.current(bucket, key) : call.s3.versions.byId(bucket, key, id)
  if (source === undefined || source.isMarker) throw notFound('NoSuchKey', 'The specified key does not exist.')
  demandDecrypt(call, source.headers)
  return { source, headers: { 'x-amz-copy-source-version-id': source.id } }
}

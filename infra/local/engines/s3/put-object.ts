import { requireBucket } from './bucket-store.ts'
import { commitVersion } from './commit-version.ts'
import { encryptionHeaders, encryptionOf } from './encryption.ts'
import { receiveBody } from './receive-body.ts'
import { type S3Operation, s3Arn } from './s3-call.ts'
import { storedHeaders } from './stored-headers.ts'
import { tagsFromHeader } from './tags.ts'

/** `PUT /bucket/key` */
export const putObject: S3Operation = async call => {
  const { s3, request } = call
  const bucket = requireBucket(s3.buckets, request.bucket)
  const tags = tagsFromHeader(request.headers['x-amz-tagging'])
  if (tags.length > 0) call.demand('s3:PutObjectTagging', s3Arn(request.bucket, request.key))
  const headers = { ...storedHeaders(request.headers), ...encryptionHeaders(call, bucket) }
  const { blob, size, md5Hex, checksums } = await receiveBody(s3.blobs, request)
  const versionHeaders = await commitVersion(call, { blob, size, etag: md5Hex, headers, checksums, tags })
  const type = Object.keys(checksums).length > 0 ? { 'x-amz-checksum-type': 'FULL_OBJECT' } : {}
  return {
    status: 200,
    headers: { etag: `"${md5Hex}"`, ...encryptionOf(headers), ...versionHeaders, ...checksums, ...type },
  }
}

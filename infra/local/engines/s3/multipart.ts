import { createHash, randomUUID } from 'node:crypto'
import { AwsError } from '../aws-error.ts'
import { requireBucket } from './bucket-store.ts'
import { checksumElements, checksumNames, checksumOf } from './checksums.ts'
import { commitVersion } from './commit-version.ts'
import { encryptionHeaders, encryptionOf } from './encryption.ts'
import { receiveBody, receiveText } from './receive-body.ts'
import type { S3Call, S3Operation } from './s3-call.ts'
import { badRequest } from './s3-errors.ts'
import { storedHeaders } from './stored-headers.ts'
import { tagsFromHeader } from './tags.ts'
import { type Part, requireUpload } from './upload-store.ts'
import { element, innerXmlOf, textOf, xmlDocument } from './xml.ts'

/** Every part but the last has at least 5 MiB. */
const minPartBytes = 5 * 1024 * 1024

/** `POST ?uploads` */
export const createUpload: S3Operation = call => {
  const { s3, request } = call
  const bucket = requireBucket(s3.buckets, request.bucket)
  const id = randomUUID()
  const headers = { ...request.headers, ...encryptionHeaders(call, bucket) }
  s3.uploads.add(id, request.bucket, request.key, JSON.stringify(headers), new Date(s3.now()).toISOString())
  const content = element('Bucket', request.bucket) + element('Key', request.key) + element('UploadId', id)
  return { status: 200, headers: encryptionOf(headers), body: xmlDocument('InitiateMultipartUploadResult', content) }
}

/** `PUT ?partNumber=&uploadId=` */
export const uploadPart: S3Operation = async call => {
  const { s3, request } = call
  const upload = uploadOf(call)
  const number = Number(request.query.get('partNumber'))
  if (!Number.isInteger(number) || number < 1 || number > 10_000) {
    throw badRequest('InvalidArgument', 'partNumber: 1 to 10000')
  }
  if (request.headers['x-amz-copy-source'] !== undefined) {
    throw new AwsError('NotImplemented', 'UploadPartCopy is not supported locally', { status: 501 })
  }
  const { blob, size, md5Hex, checksums } = await receiveBody(s3.blobs, request)
  const replaced = s3.uploads.part(upload.id, number)
  const modifiedAt = new Date(s3.now()).toISOString()
  s3.uploads.putPart(upload.id, number, blob, size, md5Hex, JSON.stringify(checksums), modifiedAt)
  if (replaced !== undefined) await s3.blobs.remove(replaced.blob)
  return { status: 200, headers: { etag: `"${md5Hex}"`, ...checksums } }
}

/** `POST ?uploadId=`: the listed parts become the object. */
export const completeUpload: S3Operation = async call => {
  const { s3, request } = call
  const upload = uploadOf(call)
  const parts = listedParts(await receiveText(request), s3.uploads.parts(upload.id))
  const md5 = createHash('md5')
  for (const { etag } of parts) md5.update(Buffer.from(etag, 'hex'))
  const etag = `${md5.digest('hex')}-${parts.length}`
  const checksums = compositeChecksums(parts)
  const blob = await s3.blobs.concatenate(parts.map(part => part.blob))
  const size = parts.reduce((bytes, part) => bytes + part.size, 0)
  const headers = { ...storedHeaders(upload.headers), ...encryptionOf(upload.headers) }
  const tags = tagsFromHeader(upload.headers['x-amz-tagging'])
  const versionHeaders = await commitVersion(withUploadHeaders(call, upload.headers), {
    blob,
    size,
    etag,
    headers,
    checksums,
    tags,
  })
  await removeUpload(call, upload.id)
  const content = element('Bucket', request.bucket) + element('Key', request.key) + element('ETag', `"${etag}"`)
  const body = xmlDocument('CompleteMultipartUploadResult', content + checksumElements(checksums))
  return { status: 200, headers: { ...encryptionOf(headers), ...versionHeaders }, body }
}

/** `DELETE ?uploadId=` */
export const abortUpload: S3Operation = async call => {
  await removeUpload(call, uploadOf(call).id)
  return { status: 204 }
}

/** `GET ?uploadId=` */
export const listParts: S3Operation = call => {
  const upload = uploadOf(call)
  const parts = call.s3.uploads.parts(upload.id).map(partElement)
  const about = element('Bucket', upload.bucket) + element('Key', upload.key) + element('UploadId', upload.id)
  return { status: 200, body: xmlDocument('ListPartsResult', about + element('IsTruncated', false) + parts.join('')) }
}

/** `GET ?uploads` */
export const listUploads: S3Operation = call => {
  const { name } = requireBucket(call.s3.buckets, call.request.bucket)
  const uploads = call.s3.uploads.allIn(name).map(upload => {
    const about = element('Key', upload.key) + element('UploadId', upload.id) + element('Initiated', upload.createdAt)
    return `<Upload>${about}</Upload>`
  })
  const content = element('Bucket', name) + element('IsTruncated', false) + uploads.join('')
  return { status: 200, body: xmlDocument('ListMultipartUploadsResult', content) }
}

function uploadOf(call: S3Call) {
  const { bucket, key, query } = call.request
  requireBucket(call.s3.buckets, bucket)
  return requireUpload(call.s3.uploads, query.get('uploadId') ?? '', bucket, key)
}

/** Retention and legal hold are asked for when an upload begins, conditions when it completes. */
function withUploadHeaders(call: S3Call, headers: Record<string, string>): S3Call {
  const { 'if-match': _, 'if-none-match': __, ...begun } = headers
  return { ...call, request: { ...call.request, headers: { ...begun, ...call.request.headers } } }
}

function listedParts(document: string, uploaded: Part[]): Part[] {
  const byNumber = new Map(uploaded.map(part => [part.number, part]))
  const listed = innerXmlOf(document, 'Part').map(part => {
    const found = byNumber.get(Number(textOf(part, 'PartNumber')))
    const etag = (textOf(part, 'ETag') ?? '').replaceAll('"', '')
    if (found === undefined || found.etag !== etag) {
      throw badRequest('InvalidPart', 'A part is missing or has another ETag.')
    }
    return found
  })
  if (listed.length === 0) throw badRequest('MalformedXML', 'The request lists no parts.')
  for (const [index, part] of listed.entries()) assertPlace(part, listed[index + 1])
  return listed
}

function assertPlace(part: Part, next: Part | undefined): void {
  if (next === undefined) return
  if (next.number <= part.number) throw badRequest('InvalidPartOrder', 'Parts must be listed in ascending order.')
  if (part.size < minPartBytes) {
    throw badRequest('EntityTooSmall', `Part ${part.number} is smaller than ${minPartBytes} bytes.`)
  }
}

/** The checksum of the parts' checksums, for each algorithm that every part has. */
function compositeChecksums(parts: Part[]): Record<string, string> {
  const headers = checksumNames.map(name => ({ name, header: `x-amz-checksum-${name}` }))
  const common = headers.filter(({ header }) => parts.every(part => header in part.checksums))
  return Object.fromEntries(
    common.map(({ name, header }) => {
      const joined = Buffer.concat(parts.map(part => Buffer.from(part.checksums[header] ?? '', 'base64')))
      return [header, `${checksumOf(name, joined)}-${parts.length}`]
    }),
  )
}

function partElement(part: Part): string {
  const about = element('PartNumber', part.number) + element('ETag', `"${part.etag}"`) + element('Size', part.size)
  return `<Part>${about}${element('LastModified', part.modifiedAt)}${checksumElements(part.checksums)}</Part>`
}

async function removeUpload({ s3 }: S3Call, id: string): Promise<void> {
  const parts = s3.uploads.parts(id)
  s3.transaction(() => s3.uploads.delete(id))
  await Promise.all(parts.map(part => s3.blobs.remove(part.blob)))
}

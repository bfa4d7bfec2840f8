import { AwsError } from '../aws-error.ts'
import { checksumElements } from './checksums.ts'
import { demandDecrypt } from './encryption.ts'
import { findVersion } from './find-version.ts'
import { lockHeaders } from './object-lock.ts'
import type { S3Call, S3Operation } from './s3-call.ts'
import { preconditionFailed } from './s3-errors.ts'
import type { S3Reply } from './s3-request.ts'
import type { Version } from './version-store.ts'
import { element, xmlDocument } from './xml.ts'

const overridable = [
  'content-type',
  'content-disposition',
  'content-encoding',
  'content-language',
  'cache-control',
  'expires',
]

/** `GET /bucket/key` and `HEAD /bucket/key`, whole or a range, a version or the newest. */
export const getObject: S3Operation = call => {
  const version = findVersion(call)
  if (call.request.query.has('partNumber')) {
    throw new AwsError('NotImplemented', 'partNumber is not supported locally', { status: 501 })
  }
  demandDecrypt(call, version.headers)
  const headers = { ...describe(version), ...replicationHeader(call, version), ...overrides(call) }
  const condition = unmetCondition(version, call.request.headers)
  if (condition === 'not modified') return { status: 304, headers }
  if (condition === 'failed') throw preconditionFailed()
  const { range: wanted } = call.request.headers
  const range = parseRange(wanted, version.size)
  if (range === undefined) {
    const checksums = call.request.headers['x-amz-checksum-mode'] === 'ENABLED' ? checksumHeaders(version) : {}
    return content(
      call,
      version,
      { start: 0, end: version.size - 1 },
      { status: 200, headers: { ...headers, ...checksums } },
    )
  }
  const contentRange = { 'content-range': `bytes ${range.start}-${range.end}/${version.size}` }
  return content(call, version, range, { status: 206, headers: { ...headers, ...contentRange } })
}

/** `GET ?attributes` */
export const getAttributes: S3Operation = call => {
  const version = findVersion(call)
  const wanted = (call.request.headers['x-amz-object-attributes'] ?? '').split(',').map(name => name.trim())
  const checksums = checksumElements(version.checksums)
  const attributes = {
    ETag: element('ETag', version.etag),
    Checksum: checksums === '' ? '' : `<Checksum>${checksums}</Checksum>`,
    ObjectSize: element('ObjectSize', version.size),
    StorageClass: element('StorageClass', 'STANDARD'),
  }
  const shown = Object.entries(attributes).filter(([name]) => wanted.includes(name))
  const headers = { 'x-amz-version-id': version.id, 'last-modified': new Date(version.modifiedAt).toUTCString() }
  return {
    status: 200,
    headers,
    body: xmlDocument('GetObjectAttributesResponse', shown.map(([, xml]) => xml).join('')),
  }
}

function content(call: S3Call, version: Version, range: { start: number; end: number }, reply: S3Reply): S3Reply {
  const length = range.end - range.start + 1
  const headers = { ...reply.headers, 'content-length': String(length) }
  if (call.request.method === 'HEAD' || length === 0 || version.blob === null) return { ...reply, headers }
  return { ...reply, headers, body: call.s3.blobs.read(version.blob, range.start, range.end) }
}

function describe(version: Version): Record<string, string> {
  return {
    'content-type': 'application/octet-stream',
    ...version.headers,
    ...lockHeaders(version.lock),
    etag: `"${version.etag}"`,
    'last-modified': new Date(version.modifiedAt).toUTCString(),
    'accept-ranges': 'bytes',
    'x-amz-version-id': version.id,
    ...(version.tags.length > 0 ? { 'x-amz-tagging-count': String(version.tags.length) } : {}),
  }
}

function replicationHeader({ s3 }: S3Call, { seq }: Version): Record<string, string> {
  const status = s3.replication.of(seq)
  return status === undefined ? {} : { 'x-amz-replication-status': status }
}

function checksumHeaders(version: Version): Record<string, string> {
  if (Object.keys(version.checksums).length === 0) return {}
  const isComposite = Object.values(version.checksums).some(value => value.includes('-'))
  return { ...version.checksums, 'x-amz-checksum-type': isComposite ? 'COMPOSITE' : 'FULL_OBJECT' }
}

/** `response-content-type` and its kin let a presigned URL say how a browser shall take the object. */
function overrides(call: S3Call): Record<string, string> {
  return Object.fromEntries(
    overridable.flatMap(name => {
      const value = call.request.query.get(`response-${name}`)
      return value === null ? [] : [[name, value]]
    }),
  )
}

function unmetCondition(version: Version, headers: Record<string, string>): 'not modified' | 'failed' | undefined {
  const isSame = (etags: string) =>
    etags.split(',').some(etag => ['*', version.etag].includes(etag.trim().replaceAll('"', '')))
  const modifiedS = Math.floor(Date.parse(version.modifiedAt) / 1000)
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers
  const { 'if-modified-since': ifModified, 'if-unmodified-since': ifUnmodified } = headers
  if (ifMatch !== undefined && !isSame(ifMatch)) return 'failed'
  if (ifMatch === undefined && ifUnmodified !== undefined && modifiedS > Date.parse(ifUnmodified) / 1000) {
    return 'failed'
  }
  if (ifNoneMatch !== undefined) return isSame(ifNoneMatch) ? 'not modified' : undefined
  if (ifModified !== undefined && modifiedS <= Date.parse(ifModified) / 1000) return 'not modified'
  return undefined
}

/** `bytes=5-9`, `bytes=5-` or `bytes=-5`; anything else asks for the whole. */
function parseRange(header: string | undefined, size: number): { start: number; end: number } | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (first === undefined || last === undefined || first + last === '') return undefined
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(size - 1, Number(last))
  if (start > end) throw new AwsError('InvalidRange', 'The requested range is not satisfiable', { status: 416 })
  return { start, end }
}

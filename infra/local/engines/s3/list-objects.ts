import { requireBucket } from './bucket-store.ts'
import { cutPage, keyEncoder, lastCharacter, listingHead, pageQuery, prefixElements } from './key-page.ts'
import type { S3Operation } from './s3-call.ts'
import type { Version } from './version-store.ts'
import { element, xmlDocument } from './xml.ts'

/** `GET /bucket`, version 2 with continuation tokens and the older version with markers. */
export const listObjects: S3Operation = call => {
  const { query, bucket: name } = call.request
  const { name: bucket } = requireBucket(call.s3.buckets, name)
  const isVersion2 = query.get('list-type') === '2'
  const asked = pageQuery(query)
  const after = isVersion2 ? tokenKey(query) : (query.get('marker') ?? '')
  const rows = call.s3.versions.listCurrent(bucket, after, asked.prefix, asked.prefix + lastCharacter)
  const page = cutPage(rows, asked)
  const encode = keyEncoder(query)
  const content = [
    listingHead(bucket, asked, page.next !== undefined),
    element('EncodingType', query.get('encoding-type') ?? undefined),
    element('KeyCount', page.rows.length + page.prefixes.length),
    page.next === undefined ? '' : nextElement(page.next.key, isVersion2),
    ...page.rows.map(row => objectElement(row, encode)),
    prefixElements(page.prefixes, encode),
  ]
  return { status: 200, body: xmlDocument('ListBucketResult', content.join('')) }
}

function tokenKey(query: URLSearchParams): string {
  const token = query.get('continuation-token')
  return token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString()
}

function nextElement(key: string, isVersion2: boolean): string {
  if (!isVersion2) return element('NextMarker', key)
  return element('NextContinuationToken', Buffer.from(key).toString('base64url'))
}

function objectElement(version: Version, encode: (key: string) => string): string {
  const about = [
    `<Key>${encode(version.key)}</Key>`,
    element('LastModified', version.modifiedAt),
    element('ETag', `"${version.etag}"`),
    element('Size', version.size),
    element('StorageClass', 'STANDARD'),
  ]
  return `<Contents>${about.join('')}</Contents>`
}

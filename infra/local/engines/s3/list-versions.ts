import { requireBucket } from './bucket-store.ts'
import { cutPage, keyEncoder, lastCharacter, listingHead, pageQuery, prefixElements } from './key-page.ts'
import type { S3Call, S3Operation } from './s3-call.ts'
import type { ListedVersion } from './version-store.ts'
import { element, xmlDocument } from './xml.ts'

/** Marks a version by its place, which stays when the version itself is deleted between two pages. */
const placeMarker = /^seq-(\d+)$/

/** `GET ?versions`: every version and delete marker, newest first for each key. */
export const listVersions: S3Operation = call => {
  const { query, bucket: name } = call.request
  const { name: bucket } = requireBucket(call.s3.buckets, name)
  const asked = pageQuery(query)
  const keyMarker = query.get('key-marker') ?? ''
  const bounds = [asked.prefix, asked.prefix + lastCharacter] as const
  const rows = call.s3.versions.listAll(bucket, keyMarker, keyMarker, placeOf(call, keyMarker), ...bounds)
  const page = cutPage(rows, asked)
  const encode = keyEncoder(query)
  const content = [
    listingHead(bucket, asked, page.next !== undefined),
    element('EncodingType', query.get('encoding-type') ?? undefined),
    element('KeyMarker', keyMarker),
    element('NextKeyMarker', page.next?.key),
    element('NextVersionIdMarker', page.next?.row && `seq-${page.next.row.seq}`),
    ...page.rows.map(row => versionElement(row, encode)),
    prefixElements(page.prefixes, encode),
  ]
  return { status: 200, body: xmlDocument('ListVersionsResult', content.join('')) }
}

/** The sequence number below which versions of the marked key are still to be listed; 0 when none are. */
function placeOf(call: S3Call, keyMarker: string): number {
  const marker = call.request.query.get('version-id-marker') ?? ''
  const [, seq] = placeMarker.exec(marker) ?? []
  if (seq !== undefined) return Number(seq)
  return call.s3.versions.byId(call.request.bucket, keyMarker, marker)?.seq ?? 0
}

function versionElement(version: ListedVersion, encode: (key: string) => string): string {
  const name = version.isMarker ? 'DeleteMarker' : 'Version'
  const about = [
    `<Key>${encode(version.key)}</Key>`,
    element('VersionId', version.id),
    element('IsLatest', version.isLatest),
    element('LastModified', version.modifiedAt),
  ]
  const content = [
    element('ETag', `"${version.etag}"`),
    element('Size', version.size),
    element('StorageClass', 'STANDARD'),
  ]
  return `<${name}>${[...about, ...(version.isMarker ? [] : content)].join('')}</${name}>`
}

import { element, escapeXml } from './xml.ts'

/** Sorts after every key that starts with what stands before it. */
export const lastCharacter = '\u{10FFFF}'

/** What a listing asks for, beside where it begins. */
type PageQuery = { prefix: string; delimiter: string; max: number }

/** One page of a listing: rows, and prefixes that stand for all keys below them. */
type KeyPage<Row> = {
  rows: Row[]
  prefixes: string[]
  /** The last row, or the end of the last prefix, when there is more; undefined on the last page. */
  next: { key: string; row: Row | undefined } | undefined
}

/** Reads the query parameters that all listings share; at most 1,000 entries a page. */
export function pageQuery(query: URLSearchParams): PageQuery {
  const max = Math.min(1000, Number(query.get('max-keys') ?? 1000))
  return { prefix: query.get('prefix') ?? '', delimiter: query.get('delimiter') ?? '', max }
}

/** Cuts a page out of rows sorted by key, folding keys that share a prefix up to the delimiter. */
export function cutPage<Row extends { key: string }>(rows: Iterable<Row>, query: PageQuery): KeyPage<Row> {
  const page: KeyPage<Row> = { rows: [], prefixes: [], next: undefined }
  let last: KeyPage<Row>['next']
  for (const row of rows) {
    const prefix = commonPrefix(row.key, query)
    if (prefix !== undefined && prefix === page.prefixes.at(-1)) continue
    if (page.rows.length + page.prefixes.length >= query.max) return { ...page, next: last }
    if (prefix === undefined) page.rows.push(row)
    else page.prefixes.push(prefix)
    last = prefix === undefined ? { key: row.key, row } : { key: prefix + lastCharacter, row: undefined }
  }
  return page
}

/** The elements that all listings begin with. */
export function listingHead(bucket: string, query: PageQuery, isTruncated: boolean): string {
  const delimiter = query.delimiter === '' ? undefined : query.delimiter
  return (
    element('Name', bucket) +
    element('Prefix', query.prefix) +
    element('Delimiter', delimiter) +
    element('MaxKeys', query.max) +
    element('IsTruncated', isTruncated)
  )
}

/** How a listing shows keys: percent-encoded when the caller asks, since XML cannot hold every character. */
export function keyEncoder(query: URLSearchParams): (key: string) => string {
  if (query.get('encoding-type') !== 'url') return escapeXml
  return key => encodeURIComponent(key).replaceAll('%2F', '/')
}

/** The folded prefixes of a page. */
export function prefixElements(prefixes: string[], encode: (key: string) => string): string {
  return prefixes.map(prefix => `<CommonPrefixes><Prefix>${encode(prefix)}</Prefix></CommonPrefixes>`).join('')
}

function commonPrefix(key: string, { prefix, delimiter }: PageQuery): string | undefined {
  const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
  return at < 0 ? undefined : key.slice(0, at + delimiter.length)
}

import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** 16 MB: an item has 400 KB, a change two images of it, and DynamoDB JSON a few times that at worst. */
const longestLine = 16_000_000
const newline = 10

/**
 * The lines of a gzip file as they come, many at a time; what follows the last line end is a line too. Holds one chunk and one
 * line. What reading the file throws comes through as it is; a file that is no gzip, or ends early, is an error that
 * `isBadGzip` knows.
 */
export async function* gzipLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 })
  // Its errors are those of the iteration below.
  pipeline(source, gunzip, () => undefined)
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of gunzip) {
    const { lines, after } = split(rest.length === 0 ? chunk : Buffer.concat([rest, chunk]))
    if (after.length > longestLine) throw Object.assign(new Error('a line has no end'), { code: 'Z_DATA_ERROR' })
    rest = after
    if (lines.length > 0) yield lines
  }
  if (rest.length > 0) yield [rest.toString()]
}

/** Whether reading failed because of what is in the file, not because of the way to it. */
export function isBadGzip(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')
}

function split(bytes: Buffer): { lines: string[]; after: Buffer } {
  const lines: string[] = []
  let from = 0
  for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, from)) {
    lines.push(bytes.toString('utf8', from, end))
    from = end + 1
  }
  return { lines, after: bytes.subarray(from) }
}

import { createHash } from 'node:crypto'
import { isLineOf, type LineKind } from '#lib/backup/export-line.ts'
import { gzipLines, isBadGzip } from '#lib/backup/gzip-lines.ts'
import { tampered } from '#lib/backup/tampered.ts'

/** What reading a file to its end tells: `sha256` in hex and `md5` in base64 of its bytes. */
export type Inspected = { bytes: number; sha256: string; md5: string; items: number }

/**
 * Reads a file of the vault to its end, a chunk at a time: sizes and sums of its bytes and, where it holds lines, their number,
 * each of them parsed.
 * @throws CrmError `backup_tampered` naming the file when it does not decompress, or the line that is none.
 */
export async function inspectFile(
  source: AsyncIterable<Uint8Array>,
  { key, lines }: { key: string; lines?: LineKind },
): Promise<Inspected> {
  const sums = { bytes: 0, sha256: createHash('sha256'), md5: createHash('md5') }
  const tapped = tap(source, sums)
  const items = lines === undefined ? await drain(tapped) : await countLines(tapped, { key, lines })
  const { bytes, sha256, md5 } = sums
  return { bytes, sha256: sha256.digest('hex'), md5: md5.digest('base64'), items }
}

type Sums = { bytes: number; sha256: ReturnType<typeof createHash>; md5: ReturnType<typeof createHash> }

async function* tap(source: AsyncIterable<Uint8Array>, sums: Sums): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    sums.bytes += chunk.length
    sums.sha256.update(chunk)
    sums.md5.update(chunk)
    yield chunk
  }
}

async function drain(source: AsyncIterable<Uint8Array>): Promise<number> {
  for await (const _ of source);
  return 0
}

async function countLines(
  source: AsyncIterable<Uint8Array>,
  { key, lines: kind }: { key: string; lines: LineKind },
): Promise<number> {
  let count = 0
  try {
    for await (const lines of gzipLines(source))
      for (const line of lines) {
        count += 1
        if (!isLineOf(kind, line)) throw tampered(key, `has a line ${count} that is no ${kind}`)
      }
  } catch (error) {
    if (isBadGzip(error)) throw tampered(key, `does not decompress: ${error.message}`)
    throw error
  }
  return count
}

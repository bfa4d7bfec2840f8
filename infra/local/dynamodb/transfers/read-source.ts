import type { Readable } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'

/** How the objects of an import are compressed. */
export type Compression = 'GZIP' | 'ZSTD' | 'NONE'

const decompressors = { GZIP: createGunzip, ZSTD: createZstdDecompress }

/** 256 KB are decompressed at a time. */
const chunkSize = 256 * 1024

/** The lines of an object, as many at a time as come together; empty ones left out. */
export async function* readSource(source: Readable, compression: Compression): AsyncGenerator<string[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let rest = ''
  for await (const chunk of decompress(source, compression)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield lines.filter(line => line !== '')
  }
  rest += decoder.decode()
  if (rest !== '') yield [rest]
}

function decompress(source: Readable, compression: Compression): AsyncIterable<Buffer> {
  if (compression === 'NONE') return source
  const decompressor = decompressors[compression]({ chunkSize })
  // What ends the source ends whoever waits for its content.
  source.once('error', error => decompressor.destroy(error))
  return source.pipe(decompressor)
}

import { badRequest } from './s3-errors.ts'

/**
 * Decodes a body in aws-chunked encoding (`size-in-hex[;chunk-signature=...]`, bytes, and so on) and puts its trailing
 * headers, such as x-amz-checksum-crc32, into `trailers`. Signatures of single chunks are not verified.
 */
export async function* decodeChunks(
  encoded: AsyncIterable<Buffer>,
  trailers: Record<string, string>,
): AsyncGenerator<Buffer> {
  const reader = createReader(encoded)
  for (;;) {
    const size = Number.parseInt(await reader.line(), 16)
    if (Number.isNaN(size)) throw badRequest('IncompleteBody', 'A chunk has no size.')
    if (size === 0) break
    yield* reader.bytes(size)
    await reader.line()
  }
  for (let line = await reader.line(); line !== ''; line = await reader.line()) {
    const [name = '', ...value] = line.split(':')
    trailers[name.trim().toLowerCase()] = value.join(':').trim()
  }
}

function createReader(stream: AsyncIterable<Buffer>) {
  const source = stream[Symbol.asyncIterator]()
  let buffered: Buffer = Buffer.alloc(0)
  const readMore = async (): Promise<boolean> => {
    const next = await source.next()
    if (next.done === true) return false
    buffered = buffered.length === 0 ? next.value : Buffer.concat([buffered, next.value])
    return true
  }
  const take = (length: number): Buffer => {
    const taken = buffered.subarray(0, length)
    buffered = buffered.subarray(taken.length)
    return taken
  }
  return {
    /** A line without its end; empty at the end of the stream. */
    line: async (): Promise<string> => {
      while (!buffered.includes('\r\n')) {
        if (!(await readMore())) return take(buffered.length).toString()
      }
      const line = take(buffered.indexOf('\r\n')).toString()
      take(2)
      return line
    },
    bytes: async function* (length: number): AsyncGenerator<Buffer> {
      for (let left = length; left > 0; ) {
        if (buffered.length === 0 && !(await readMore())) {
          throw badRequest('IncompleteBody', 'The body ended within a chunk.')
        }
        const piece = take(left)
        left -= piece.length
        yield piece
      }
    },
  }
}

import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { sha256Hex } from '../sigv4.ts'
import { decodeChunks } from './aws-chunked.ts'
import type { Blobs } from './blobs.ts'
import { checksumNames, startChecksum } from './checksums.ts'
import { badRequest } from './s3-errors.ts'
import type { S3Request } from './s3-request.ts'

/** A body that was stored and found to be what its headers say. */
type ReceivedBody = { blob: string; size: number; md5Hex: string; checksums: Record<string, string> }

/** Stores the body as a blob; a digest, checksum or length that does not fit refuses it and leaves nothing behind. */
export async function receiveBody(blobs: Blobs, request: S3Request): Promise<ReceivedBody> {
  const trailers: Record<string, string> = {}
  const digests = startDigests(request)
  const blob = await blobs.write(digests.through(decodedBody(request, trailers)))
  try {
    return { blob, ...digests.verify({ ...request.headers, ...trailers }) }
  } catch (error) {
    await blobs.remove(blob)
    throw error
  }
}

/** Reads a small body, such as an XML document, as text. */
export async function receiveText(request: S3Request): Promise<string> {
  const body = await buffer(decodedBody(request, {}))
  const { 'x-amz-content-sha256': sha256 = '' } = request.headers
  if (isHash(sha256) && sha256 !== sha256Hex(body)) throw wrongHash()
  return body.toString()
}

function decodedBody(request: S3Request, trailers: Record<string, string>): AsyncIterable<Buffer> {
  const { 'x-amz-content-sha256': payload = '' } = request.headers
  return payload.startsWith('STREAMING-') ? decodeChunks(request.body, trailers) : request.body
}

function startDigests(request: S3Request) {
  const { 'x-amz-content-sha256': claimedSha256 = '' } = request.headers
  const md5 = createHash('md5')
  const sha256 = isHash(claimedSha256) ? createHash('sha256') : undefined
  const checksums = requestedChecksums(request)
  let size = 0
  return {
    through: async function* (body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const piece of body) {
        size += piece.length
        md5.update(piece)
        sha256?.update(piece)
        for (const { checksum } of checksums) checksum.update(piece)
        yield piece
      }
    },
    verify: (headers: Record<string, string>) => {
      const md5Hex = md5.digest('hex')
      assertContentMd5(headers, md5Hex)
      if (sha256 !== undefined && sha256.digest('hex') !== claimedSha256) throw wrongHash()
      assertLength(headers, size)
      const computed = checksums.map(({ name, checksum }) => [`x-amz-checksum-${name}`, checksum.base64()] as const)
      for (const [header, value] of computed) assertChecksum(headers, header, value)
      return { size, md5Hex, checksums: Object.fromEntries(computed) }
    },
  }
}

/** Only the checksums that the request brings, in a header or a trailer, or asks for by name. */
function requestedChecksums(request: S3Request) {
  const { 'x-amz-trailer': trailer = '', 'x-amz-sdk-checksum-algorithm': algorithm = '' } = request.headers
  const isRequested = (name: string) =>
    `x-amz-checksum-${name}` in request.headers ||
    trailer.toLowerCase() === `x-amz-checksum-${name}` ||
    algorithm.toLowerCase() === name
  return checksumNames.filter(isRequested).flatMap(name => {
    const checksum = startChecksum(name)
    return checksum === undefined ? [] : [{ name, checksum }]
  })
}

function assertContentMd5(headers: Record<string, string>, md5Hex: string): void {
  const { 'content-md5': claimed } = headers
  if (claimed === undefined || claimed === Buffer.from(md5Hex, 'hex').toString('base64')) return
  throw badRequest('BadDigest', 'The Content-MD5 you specified did not match what we received.')
}

function assertLength(headers: Record<string, string>, size: number): void {
  const { 'x-amz-decoded-content-length': claimed } = headers
  if (claimed === undefined || Number(claimed) === size) return
  throw badRequest(
    'IncompleteBody',
    'The body does not have the number of bytes that x-amz-decoded-content-length says.',
  )
}

function assertChecksum(headers: Record<string, string>, header: string, value: string): void {
  const claimed = headers[header]
  if (claimed === undefined || claimed === value) return
  throw badRequest('BadDigest', `The ${header} you specified did not match the calculated checksum.`)
}

function isHash(text: string): boolean {
  return /^[\da-f]{64}$/.test(text)
}

function wrongHash() {
  return badRequest(
    'XAmzContentSHA256Mismatch',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
  )
}

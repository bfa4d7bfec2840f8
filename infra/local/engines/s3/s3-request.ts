import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { badRequest } from './s3-errors.ts'

/** A request to S3, path style: `/bucket/key?query`. */
export type S3Request = {
  method: string
  /** Path as it was sent, still percent-encoded. */
  path: string
  /** Empty for the list of buckets. */
  bucket: string
  /** Empty for a request about the bucket itself. */
  key: string
  query: URLSearchParams
  /** Lower-case names; a presigned URL's x-amz- parameters count as headers. */
  headers: Record<string, string>
  body: IncomingMessage
}

/** The answer to a request. */
export type S3Reply = { status: number; headers?: Record<string, string>; body?: string | Readable }

/** Reads method, bucket, key, query and headers from an HTTP request. */
export function parseS3Request(message: IncomingMessage): S3Request {
  const url = message.url ?? '/'
  const queryAt = url.indexOf('?')
  const path = queryAt < 0 ? url : url.slice(0, queryAt)
  // A plus is a plus here: S3 signs and decodes queries by RFC 3986.
  const query = new URLSearchParams(queryAt < 0 ? '' : url.slice(queryAt + 1).replaceAll('+', '%2B'))
  const [, bucket = '', ...key] = path.split('/').map(decodeSegment)
  return {
    method: message.method ?? 'GET',
    path,
    bucket,
    key: key.join('/'),
    query,
    headers: { ...hoistedHeaders(query), ...plainHeaders(message) },
    body: message,
  }
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw badRequest('InvalidURI', "Couldn't parse the specified URI.")
  }
}

function plainHeaders(message: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(message.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  )
}

/** Signing a URL moves headers such as x-amz-tagging and x-amz-checksum-crc32 into its query. */
function hoistedHeaders(query: URLSearchParams): Record<string, string> {
  const parameters = [...query].map(([name, value]) => [name.toLowerCase(), value] as const)
  return Object.fromEntries(parameters.filter(([name]) => name.startsWith('x-amz-')))
}

import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** The parts of an HTTP request that a Signature Version 4 covers. */
type SignedRequest = {
  method: string
  /** Path as it was sent, still percent-encoded. */
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  /** Hex SHA-256 of the body, or the literal that stands for an unsigned one. */
  payloadHash: string
}

/** Who signed, or why the signature is not accepted. */
type Verdict = { accessKeyId: string } | { problem: 'missing' | 'malformed' | 'expired' | 'skewed' | 'mismatch' }

type Signature = {
  credential: string[]
  signedHeaders: string[]
  signature: string
  amzDate: string
  expiresInS: number
}

/** AWS accepts clocks that differ by up to 15 minutes. */
const allowedSkewMs = 15 * 60_000

/** Checks the Authorization header, or the query parameters of a presigned URL, against the secret access key. */
export function verifySignature(request: SignedRequest, secret: string, nowMs: number): Verdict {
  const isPresigned = request.query.has('X-Amz-Signature')
  if (!isPresigned && request.headers.authorization === undefined) return { problem: 'missing' }
  const claimed = isPresigned ? fromQuery(request.query) : fromHeaders(request.headers)
  const [accessKeyId, ...scope] = claimed?.credential ?? []
  if (claimed === undefined || accessKeyId === undefined || scope.length !== 4) return { problem: 'malformed' }
  const signedAtMs = parseAmzDate(claimed.amzDate)
  if (Number.isNaN(signedAtMs)) return { problem: 'malformed' }
  if (isPresigned && nowMs > signedAtMs + claimed.expiresInS * 1000) return { problem: 'expired' }
  if (!isPresigned && Math.abs(nowMs - signedAtMs) > allowedSkewMs) return { problem: 'skewed' }
  const payloadHash = isPresigned
    ? (request.query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD')
    : request.payloadHash
  const canonical = canonicalRequest({ ...request, payloadHash }, claimed.signedHeaders)
  const expected = sign(['AWS4-HMAC-SHA256', claimed.amzDate, scope.join('/'), sha256Hex(canonical)], secret, scope)
  return isSame(expected, claimed.signature) ? { accessKeyId } : { problem: 'mismatch' }
}

/** Hex SHA-256, as signatures and checksums write it. */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

function fromHeaders(headers: IncomingHttpHeaders): Signature | undefined {
  const authorization = headers.authorization ?? ''
  const part = (name: string) => new RegExp(`${name}=([^, ]+)`).exec(authorization)?.[1]
  const date = headers['x-amz-date']
  return signature({ part, amzDate: typeof date === 'string' ? date : undefined, expiresInS: 0 })
}

function fromQuery(query: URLSearchParams): Signature | undefined {
  const part = (name: string) => query.get(`X-Amz-${name}`) ?? undefined
  return signature({ part, amzDate: part('Date'), expiresInS: Number(part('Expires') ?? 0) })
}

function signature(source: {
  part: (name: string) => string | undefined
  amzDate: string | undefined
  expiresInS: number
}): Signature | undefined {
  const credential = source.part('Credential')
  const signedHeaders = source.part('SignedHeaders')
  const value = source.part('Signature')
  if (credential === undefined || signedHeaders === undefined || value === undefined) return undefined
  if (source.amzDate === undefined) return undefined
  return {
    credential: credential.split('/'),
    signedHeaders: signedHeaders.split(';'),
    signature: value,
    amzDate: source.amzDate,
    expiresInS: source.expiresInS,
  }
}

function canonicalRequest(request: SignedRequest, signedHeaders: string[]): string {
  const query = [...request.query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  const headers = signedHeaders.map(
    name =>
      `${name}:${String(request.headers[name] ?? '')
        .trim()
        .replace(/ +/g, ' ')}`,
  )
  return [request.method, request.path, query, ...headers, '', signedHeaders.join(';'), request.payloadHash].join('\n')
}

function sign(stringToSign: string[], secret: string, scope: string[]): string {
  return hmac(signingKey(secret, scope), stringToSign.join('\n')).toString('hex')
}

const signingKeys = new Map<string, string | Buffer>()

/** The key of a day, region and service: made once, since every call needs it. */
function signingKey(secret: string, scope: string[]): string | Buffer {
  const name = [secret, ...scope].join('/')
  const key = signingKeys.get(name) ?? scope.reduce<string | Buffer>(hmac, `AWS4${secret}`)
  // A laptop has a handful of scopes; whoever sends invented ones must not fill the memory.
  if (signingKeys.size > 100) signingKeys.clear()
  signingKeys.set(name, key)
  return key
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest()
}

function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

function parseAmzDate(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function isSame(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}

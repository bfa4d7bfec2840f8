import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { AwsError } from '../aws-error.ts'
import { type Engine, type EngineOptions, type EngineSettings, engineSettings } from '../engine.ts'
import { listen } from '../http-server.ts'
import { verifySignature } from '../sigv4.ts'
import { answerPreflight, corsHeaders } from './cors.ts'
import { type BucketDefinition, ensureBucket } from './ensure-bucket.ts'
import { createReplicator } from './replicator.ts'
import { findRoute } from './routes.ts'
import { openS3, type S3 } from './s3.ts'
import { createCall, s3Arn } from './s3-call.ts'
import { accessDenied } from './s3-errors.ts'
import { parseS3Request, type S3Reply, type S3Request } from './s3-request.ts'
import { element, escapeXml } from './xml.ts'

/** A running S3. */
export type S3Engine = Engine & {
  /** Makes the bucket, or brings it to this definition; its objects stay. */
  createBucket(name: string, definition?: BucketDefinition): void
  /** Copies what an earlier process left to copy; later versions are copied as they come. */
  resumeReplication(): void
  /** Whether nothing waits to be copied to another bucket. */
  isIdle(): boolean
}

/** Starts an S3 that keeps an index and one file a version in `dir`; requests are path style. */
export async function startS3(options: EngineOptions): Promise<S3Engine> {
  const settings = engineSettings(options)
  const s3 = openS3(settings)
  const replicator = createReplicator(s3, settings)
  s3.onPending = replicator.wake
  const server = await listen((message, response) => serve(s3, settings, message, response), settings.port)
  return {
    url: server.url,
    createBucket: (name, definition = {}) => ensureBucket(s3, name, definition),
    resumeReplication: replicator.wake,
    isIdle: replicator.isIdle,
    stop: async () => {
      await server.stop()
      await replicator.stop()
      s3.close()
    },
  }
}

async function serve(
  s3: S3,
  settings: EngineSettings,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const reply = await answer(s3, settings, message)
  message.resume()
  const headers = { 'x-amz-request-id': randomUUID(), server: 'AmazonS3', ...reply.headers }
  if (reply.body === undefined || message.method === 'HEAD') {
    response.writeHead(reply.status, headers).end()
    return
  }
  if (typeof reply.body === 'string') {
    const length = Buffer.byteLength(reply.body)
    response
      .writeHead(reply.status, { 'content-type': 'application/xml', 'content-length': length, ...headers })
      .end(reply.body)
    return
  }
  response.writeHead(reply.status, headers)
  await pipeline(reply.body, response).catch(() => response.destroy())
}

async function answer(s3: S3, settings: EngineSettings, message: IncomingMessage): Promise<S3Reply> {
  try {
    const request = parseS3Request(message)
    if (request.method === 'OPTIONS') return answerPreflight(s3, request)
    const cors = corsHeaders(s3, request)
    const reply = await run(s3, settings, request).catch((error: unknown) => errorReply(error, message))
    return { ...reply, headers: { ...cors, ...reply.headers } }
  } catch (error) {
    return errorReply(error, message)
  }
}

async function run(s3: S3, settings: EngineSettings, request: S3Request): Promise<S3Reply> {
  const call = createCall(s3, request, principalOf(request, settings), settings)
  const route = findRoute(request)
  if (route === undefined) {
    throw new AwsError('NotImplemented', 'This operation is not supported locally', { status: 501 })
  }
  const action = request.query.has('versionId') ? (route.versionAction ?? route.action) : route.action
  if (action !== null) call.demand(action, request.bucket === '' ? '*' : s3Arn(request.bucket, request.key))
  return route.run(call)
}

function principalOf(request: S3Request, settings: EngineSettings): string {
  const payloadHash = request.headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD'
  const verdict = verifySignature({ ...request, payloadHash }, settings.secret, settings.now())
  if ('accessKeyId' in verdict) {
    assertSigned(request)
    return verdict.accessKeyId
  }
  if (verdict.problem === 'mismatch') {
    throw new AwsError(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided.',
      { status: 403 },
    )
  }
  if (verdict.problem === 'skewed') {
    throw new AwsError(
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
      { status: 403 },
    )
  }
  throw accessDenied(verdict.problem === 'expired' ? 'Request has expired' : 'Access Denied')
}

/** Whoever holds a presigned address may add no instruction that was not signed, such as another encryption key. */
function assertSigned({ query, body }: S3Request): void {
  if (!query.has('X-Amz-Signature')) return
  const signed = (query.get('X-Amz-SignedHeaders') ?? '').split(';')
  const added = Object.keys(body.headers).filter(name => name.startsWith('x-amz-') && !signed.includes(name))
  if (added.length === 0) return
  throw accessDenied(`There were headers present in the request which were not signed: ${added.join(', ')}`)
}

function errorReply(error: unknown, message: IncomingMessage): S3Reply {
  if (!(error instanceof AwsError)) console.error(error)
  const known = error instanceof AwsError ? error : new AwsError('InternalError', String(error), { status: 500 })
  const about = element('Code', known.code) + element('Message', known.message)
  const resource = `<Resource>${escapeXml(message.url ?? '/')}</Resource>`
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${about}${resource}</Error>`
  return { status: known.status, headers: known.headers, body }
}

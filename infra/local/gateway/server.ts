import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { bind, close } from '../engines/http-server.ts'
import type { FunctionDefinition } from '../lambda/definition.ts'
import type { Outcome } from '../lambda/worker.ts'
import type { AccessLog } from './access-log.ts'
import { type Answer, maxLambdaBytes, send, toAnswer } from './answer.ts'
import { declaresTooMuch, readBody } from './body.ts'
import { corsHeaders, isPreflight, preflightHeaders } from './cors.ts'
import type { ApiDefinition, RouteTarget } from './definition.ts'
import { type ApiIdentity, buildEvent, type GatewayRequest, readRequest } from './event.ts'
import { refuse } from './problem.ts'
import { createRouter, type RouteMatch } from './router.ts'
import { createThrottle, type Throttle } from './throttle.ts'

/** A running HTTP API. */
export type Gateway = { url: string; stop(): Promise<void> }

/** What the gateway needs besides the API's definition. */
export type GatewayOptions = {
  port: number
  accessLog: AccessLog
  /** Hears of every line of the access log before its request is answered. */
  onLogged?: (line: string) => void
  invoke(definition: FunctionDefinition, event: unknown, requestId: string): Promise<Outcome>
}

type Serving = GatewayOptions & {
  api: ApiDefinition
  identity: ApiIdentity
  route(method: string, path: string): RouteMatch<RouteTarget & { bucket: Throttle | undefined }> | undefined
}

/** 10,240 bytes: request line and header values together, as on AWS. */
const maxHeaderBytes = 10_240

/** Node's own ceiling, above ours so that we answer most of those requests ourselves. */
const maxParsedHeaderBytes = 256 * 1024

/** 70 s: longer than clients keep an idle socket, so that the server never closes one that is about to be used. */
const keepAliveTimeoutMs = 70_000

/** How long requests in flight may take to end after `stop`. */
const graceMs = 5_000

/** Serves an HTTP API on 127.0.0.1 the way API Gateway does, limits included. Rejects with EADDRINUSE for a taken port. */
export async function startGateway(api: ApiDefinition, options: GatewayOptions): Promise<Gateway> {
  const stageThrottle = api.throttle && createThrottle(api.throttle)
  const routes = api.routes.map(({ routeKey, target }) => {
    const bucket = target.throttle ? createThrottle(target.throttle) : stageThrottle
    return { routeKey, target: { ...target, bucket } }
  })
  const identity = { apiId: api.apiId, stage: api.stage, port: options.port }
  const serving: Serving = { ...options, api, identity, route: createRouter(routes) }
  const server = createServer({ maxHeaderSize: maxParsedHeaderBytes }, (request, response) => {
    serve(serving, request, response).catch(error => abandon(response, error))
  })
  server.keepAliveTimeout = keepAliveTimeoutMs
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    serve(serving, request, response).catch(error => abandon(response, error))
  })
  server.on('clientError', (error, socket) => {
    if (socket.writable) socket.end(rawRefusal(error))
  })
  identity.port = await bind(server, options.port)
  return { url: `http://127.0.0.1:${identity.port}`, stop: () => close(server, graceMs) }
}

async function serve(serving: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const read = readRequest(request, randomUUID())
  const { routeKey, answer, isIntegrated } = await answerTo(serving, read, { request, response })
  const headers = serving.api.cors ? { ...answer.headers, ...corsHeaders(serving.api.cors, read) } : answer.headers
  headers['apigw-requestid'] = read.requestId
  const facts = { request: read, routeKey, status: answer.status, responseBytes: Buffer.byteLength(answer.body) }
  const line = serving.accessLog.write({ ...facts, isIntegrated })
  serving.onLogged?.(line)
  send(response, { ...answer, headers })
}

async function answerTo(
  serving: Serving,
  read: GatewayRequest,
  { request, response }: { request: IncomingMessage; response: ServerResponse },
): Promise<{ routeKey: string; answer: Answer; isIntegrated: boolean }> {
  const refused = (routeKey: string, answer: Answer) => {
    request.resume()
    return { routeKey, answer, isIntegrated: false }
  }
  if (headerBytes(request) > maxHeaderBytes) return refused('-', refuse('headers_too_large', read.requestId))
  if (serving.api.cors && isPreflight(read)) {
    const headers = preflightHeaders(serving.api.cors, read)
    return refused('-', { status: 204, headers, cookies: [], body: '' })
  }
  const match = findRoute(serving, read)
  if (match === 'malformed') return refused('-', refuse('bad_request', read.requestId))
  if (!match) return refused('-', refuse('not_found', read.requestId))
  const waitS = match.target.bucket?.() ?? 0
  if (waitS > 0) {
    const retryAfter = String(Math.max(1, Math.ceil(waitS)))
    return refused(match.routeKey, refuse('rate_limited', read.requestId, { 'retry-after': retryAfter }))
  }
  if (declaresTooMuch(request)) return refused(match.routeKey, refuse('payload_too_large', read.requestId))
  if (request.headers.expect !== undefined) response.writeContinue()
  const body = await readBody(request)
  if (body === 'too large') return refused(match.routeKey, refuse('payload_too_large', read.requestId))
  const event = buildEvent(read, match, { api: serving.identity, body })
  if (isTooLargeForLambda(event)) return refused(match.routeKey, refuse('event_too_large', read.requestId))
  const answer = await callFunction(serving, match.target, { event, read })
  return { routeKey: match.routeKey, answer, isIntegrated: true }
}

async function callFunction(
  serving: Serving,
  { definition, timeoutMs }: RouteTarget,
  { event, read }: { event: APIGatewayProxyEventV2; read: GatewayRequest },
): Promise<Answer> {
  const call = serving.invoke(definition, event, read.requestId)
  const outcome = await (definition.timeoutMs <= timeoutMs ? call : withTimeout(call, timeoutMs))
  return outcome === undefined ? refuse('unavailable', read.requestId) : toAnswer(outcome, read.requestId)
}

function findRoute({ route }: Serving, { method, path }: GatewayRequest) {
  try {
    if (path.includes('%')) decodeURIComponent(path)
    return route(method, path)
  } catch {
    return 'malformed'
  }
}

function withTimeout(call: Promise<Outcome>, timeoutMs: number): Promise<Outcome | undefined> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, timeoutMs, undefined)
    call.then(outcome => {
      clearTimeout(timer)
      resolve(outcome)
    }, resolve)
  })
}

/** JSON makes at most six bytes of one (`\u0001`), so only a body above a sixth of the limit has to be counted. */
function isTooLargeForLambda(event: APIGatewayProxyEventV2): boolean {
  if ((event.body?.length ?? 0) < maxLambdaBytes / 6 - maxHeaderBytes) return false
  return Buffer.byteLength(JSON.stringify(event)) > maxLambdaBytes
}

function headerBytes({ method = '', url = '', rawHeaders }: IncomingMessage): number {
  let bytes = method.length + url.length
  for (let index = 1; index < rawHeaders.length; index += 2) bytes += rawHeaders[index]?.length ?? 0
  return bytes
}

/** A client that hung up needs no answer; anything else is a defect of the gateway worth seeing. */
function abandon(response: ServerResponse, error: Error & { code?: string }): void {
  response.destroy()
  if (error.code !== 'ECONNRESET') console.error(error)
}

function rawRefusal(error: Error & { code?: string }): string {
  const refusal = error.code === 'HPE_HEADER_OVERFLOW' ? 'headers_too_large' : 'bad_request'
  const { status, headers, body } = refuse(refusal, randomUUID())
  const lines = Object.entries({ ...headers, 'content-length': String(body.length), connection: 'close' })
  return `HTTP/1.1 ${status} Refused\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
}

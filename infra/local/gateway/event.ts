import type { IncomingMessage } from 'node:http'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { localAccount } from '../resolve.ts'

/** What identifies the API in its events. */
export type ApiIdentity = { apiId: string; stage: string; port: number }

/** Request headers by lower-case name. */
type RequestHeaders = {
  [name: string]: string | undefined
  cookie?: string
  host?: string
  origin?: string
}

/** A request as the gateway has split it up. */
export type GatewayRequest = {
  requestId: string
  method: string
  /** Percent-encoded, without the query. */
  path: string
  query: string
  headers: RequestHeaders
  cookies: string[]
  sourceIp: string
  timeMs: number
}

/** Splits an incoming request up the way payload format 2.0 does: lower-case names, repeated headers comma-joined, cookies apart. */
export function readRequest(request: IncomingMessage, requestId: string): GatewayRequest {
  const url = request.url ?? '/'
  const mark = url.indexOf('?')
  const headers: RequestHeaders = Object.create(null)
  const cookies: string[] = []
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index]?.toLowerCase() ?? ''
    const value = request.rawHeaders[index + 1] ?? ''
    if (name === 'cookie') cookies.push(...value.split('; '))
    headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`
  }
  delete headers.cookie
  return {
    requestId,
    method: request.method ?? 'GET',
    path: mark === -1 ? url : url.slice(0, mark),
    query: mark === -1 ? '' : url.slice(mark + 1),
    headers,
    cookies,
    sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
    timeMs: Date.now(),
  }
}

/** Builds the event of a Lambda proxy integration, payload format 2.0. Throws a URIError for a badly encoded path. */
export function buildEvent(
  request: GatewayRequest,
  route: { routeKey: string; pathParameters: Record<string, string> | undefined },
  from: { api: ApiIdentity; body: Buffer | undefined },
): APIGatewayProxyEventV2 {
  // An HTTP API hands the path on decoded, unlike a REST API or a function URL.
  const path = request.path.includes('%') ? decodeURIComponent(request.path) : request.path
  const event: APIGatewayProxyEventV2 = {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath: path,
    rawQueryString: request.query,
    headers: forwardedHeaders(request, from.api),
    requestContext: contextOf(request, route.routeKey, { api: from.api, path }),
    isBase64Encoded: false,
  }
  if (request.cookies.length > 0) event.cookies = request.cookies
  if (request.query !== '') event.queryStringParameters = readQuery(request.query)
  if (route.pathParameters) event.pathParameters = route.pathParameters
  if (from.body === undefined || from.body.length === 0) return event
  const isText = isTextType(request.headers['content-type'])
  return { ...event, body: from.body.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText }
}

/** Whether a body of this type reaches the function as text: AWS encodes all others, even forms and untyped ones, in base64. */
function isTextType(contentType = ''): boolean {
  return /^\s*(text\/[^;]*|application\/(json|xml|javascript))\s*(;|$)/i.test(contentType)
}

function forwardedHeaders(request: GatewayRequest, { port }: ApiIdentity): RequestHeaders {
  const { headers, sourceIp } = request
  headers['x-amzn-trace-id'] ??= traceHeader(request)
  const earlier = headers['x-forwarded-for']
  headers['x-forwarded-for'] = earlier === undefined ? sourceIp : `${earlier}, ${sourceIp}`
  headers['x-forwarded-port'] = String(port)
  headers['x-forwarded-proto'] = 'http'
  return headers
}

/** An X-Ray trace id: the second, and 24 hexadecimal digits, here those of the request id. */
function traceHeader({ requestId, timeMs }: GatewayRequest): string {
  return `Root=1-${Math.floor(timeMs / 1000).toString(16)}-${requestId.replaceAll('-', '').slice(0, 24)}`
}

function contextOf(
  request: GatewayRequest,
  routeKey: string,
  { api, path }: { api: ApiIdentity; path: string },
): APIGatewayProxyEventV2['requestContext'] {
  const domainName = request.headers.host ?? `127.0.0.1:${api.port}`
  return {
    accountId: localAccount,
    apiId: api.apiId,
    domainName,
    domainPrefix: domainName.split('.')[0] ?? '',
    http: {
      method: request.method,
      path,
      protocol: 'HTTP/1.1',
      sourceIp: request.sourceIp,
      userAgent: request.headers['user-agent'] ?? '',
    },
    requestId: request.requestId,
    routeKey,
    stage: api.stage,
    time: commonLogTime(request.timeMs),
    timeEpoch: request.timeMs,
  }
}

function readQuery(query: string): Record<string, string> {
  const parameters: Record<string, string> = Object.create(null)
  for (const [name, value] of new URLSearchParams(query)) {
    parameters[name] = parameters[name] === undefined ? value : `${parameters[name]},${value}`
  }
  return parameters
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
let formatted = { second: 0, text: '' }

/** `07/Aug/2026:01:37:53 +0000`; the last one is kept, as many requests share a second. */
function commonLogTime(timeMs: number): string {
  const second = Math.floor(timeMs / 1000)
  if (formatted.second === second) return formatted.text
  const date = new Date(timeMs)
  const day = String(date.getUTCDate()).padStart(2, '0')
  const clock = date.toISOString().slice(11, 19)
  formatted = { second, text: `${day}/${months[date.getUTCMonth()]}/${date.getUTCFullYear()}:${clock} +0000` }
  return formatted.text
}

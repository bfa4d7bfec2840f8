import { connect } from 'node:net'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AccessLogEntry } from '#infra/local/gateway/access-log.ts'
import { type Gateway, startGateway } from '#infra/local/gateway/server.ts'
import type { FunctionDefinition } from '#infra/local/lambda/definition.ts'
import type { Outcome } from '#infra/local/lambda/worker.ts'

const definition = { logicalId: 'Fn', timeoutMs: 29_000 } as FunctionDefinition
const target = { definition, timeoutMs: 30_000, throttle: undefined }
const slow = { definition: { ...definition, timeoutMs: 60_000 }, timeoutMs: 20, throttle: undefined }
const limited = { ...target, throttle: { ratePerSecond: 0.5, burst: 1 } }

let gateway: Gateway
let events: APIGatewayProxyEventV2[] = []
const logged: AccessLogEntry[] = []
let answer: () => Outcome | Promise<Outcome> = () => ({ ok: true, result: { statusCode: 200, body: 'ok' } })

beforeAll(async () => {
  const routes = [
    { routeKey: 'GET /v1/{object}/{id}', target },
    { routeKey: 'POST /v1/{object}', target },
    { routeKey: 'GET /slow', target: slow },
    { routeKey: 'GET /limited', target: limited },
    { routeKey: '$default', target },
  ]
  const cors = {
    origins: ['https://app.example'],
    methods: ['GET', 'POST'],
    headers: ['authorization'],
    exposedHeaders: ['etag'],
    maxAgeS: 3600,
    allowsCredentials: false,
  }
  gateway = await startGateway(
    {
      apiId: 'abc',
      stage: '$default',
      cors,
      throttle: undefined,
      accessLogFormat: undefined,
      accessLogGroup: undefined,
      routes,
    },
    {
      port: 0,
      accessLog: { write: entry => String(logged.push(entry)), close: () => {} },
      invoke: async (_definition, event) => {
        events.push(event as APIGatewayProxyEventV2)
        return answer()
      },
    },
  )
})
afterAll(() => gateway.stop())

const call = async (path: string, init?: RequestInit) => {
  events = []
  const response = await fetch(gateway.url + path, init)
  const body = await response.text()
  return { status: response.status, headers: response.headers, body, event: events[0] }
}
const answering = (result: unknown) => {
  answer = () => ({ ok: true, result })
}

describe('the event', () => {
  it('has the shape of payload format 2.0', async () => {
    answering({ statusCode: 200 })
    const { event } = await call('/v1/customers/c%2F1?a=1&a=2&b=x%20y&flag', {
      headers: [
        ['X-Twice', 'one'],
        ['X-Twice', 'two'],
        ['Cookie', 'a=1; b=2'],
        ['User-Agent', 'test'],
      ],
    })
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'GET /v1/{object}/{id}',
      rawPath: '/v1/customers/c/1',
      rawQueryString: 'a=1&a=2&b=x%20y&flag',
      queryStringParameters: { a: '1,2', b: 'x y', flag: '' },
      pathParameters: { object: 'customers', id: 'c/1' },
      cookies: ['a=1', 'b=2'],
      isBase64Encoded: false,
      requestContext: { apiId: 'abc', stage: '$default', routeKey: 'GET /v1/{object}/{id}', accountId: '000000000000' },
    })
    expect(event?.requestContext.http).toMatchObject({ method: 'GET', path: '/v1/customers/c/1', userAgent: 'test' })
    expect(event?.requestContext.time).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/)
    expect(event?.headers['x-twice']).toMatch(/^one, ?two$/)
    expect(event?.headers['cookie']).toBeUndefined()
    expect(event).not.toHaveProperty('body')
  })

  it.each([
    ['application/json; charset=utf-8', false],
    ['text/csv', false],
    ['application/merge-patch+json', true],
    ['application/octet-stream', true],
    ['application/x-www-form-urlencoded', true],
  ])('brings a body of type %s in base64: %s', async (type, isBase64Encoded) => {
    answering({ statusCode: 200 })
    const { event } = await call('/v1/customers', {
      method: 'POST',
      headers: { 'content-type': type },
      body: '{"名":1}',
    })
    expect(event?.isBase64Encoded).toBe(isBase64Encoded)
    expect(Buffer.from(event?.body ?? '', isBase64Encoded ? 'base64' : 'utf8').toString()).toBe('{"名":1}')
  })

  it('keeps a query parameter called __proto__ as a parameter', async () => {
    answering({ statusCode: 200 })
    const { event } = await call('/v1/customers/1?__proto__=x')
    expect(Object.entries(event?.queryStringParameters ?? {})).toEqual([['__proto__', 'x']])
  })
})

describe('the answer', () => {
  it.each([
    ['a structured result', { statusCode: 201, headers: { ETag: '"1"', 'x-n': 5 }, body: '{"a":1}' }, 201, '{"a":1}'],
    [
      'a base64 body',
      { statusCode: 200, body: Buffer.from('bytes').toString('base64'), isBase64Encoded: true },
      200,
      'bytes',
    ],
    ['an object without a status', { a: 1 }, 200, '{"a":1}'],
    ['text', 'hello', 200, 'hello'],
    ['no body', { statusCode: 204, body: 'ignored' }, 204, ''],
    ['not modified', { statusCode: 304 }, 304, ''],
  ])('is made from %s', async (_name, result, status, body) => {
    answering(result)
    expect(await call('/v1/customers/1')).toMatchObject({ status, body })
  })

  it('carries headers, cookies and the request id', async () => {
    answering({
      statusCode: 200,
      headers: { ETag: '"1"', 'content-length': '999' },
      cookies: ['a=1', 'b=2'],
      body: 'x',
    })
    const { headers, event } = await call('/v1/customers/1')
    expect(headers.get('etag')).toBe('"1"')
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(headers.get('apigw-requestid')).toBe(event?.requestContext.requestId)
    expect(logged.at(-1)).toMatchObject({ status: 200, routeKey: 'GET /v1/{object}/{id}', responseBytes: 1 })
  })

  it.each([
    ['fails', { ok: false, errorType: 'Error', errorMessage: 'x' }, 500, 'internal'],
    ['is throttled', { ok: false, errorType: 'TooManyRequestsException', errorMessage: 'x' }, 503, 'unavailable'],
    ['answers no valid status', { ok: true, result: { statusCode: 'x' } }, 500, 'internal'],
    ['answers more than 6 MB', { ok: true, result: { statusCode: 200, body: 'x'.repeat(6_300_000) } }, 500, 'internal'],
  ])('is a problem when the function %s', async (_name, outcome, status, code) => {
    answer = () => outcome as Outcome
    const { headers, ...response } = await call('/v1/customers/1')
    expect(response.status).toBe(status)
    expect(headers.get('content-type')).toBe('application/problem+json')
    expect(JSON.parse(response.body)).toMatchObject({ code, status, traceId: headers.get('x-request-id') })
  })
})

describe('limits', () => {
  it('refuses a body of 10 MB and a byte, sent at once or in chunks, before any function', async () => {
    answering({ statusCode: 200 })
    const bytes = new Uint8Array(10 * 1024 * 1024 + 1)
    const stream = new Blob([bytes]).stream()
    const whole = await call('/v1/customers', { method: 'POST', body: bytes })
    const chunked = await call('/v1/customers', { method: 'POST', body: stream, duplex: 'half' } as RequestInit)
    expect([whole.status, chunked.status]).toEqual([413, 413])
    expect([whole.event, chunked.event]).toEqual([undefined, undefined])
    expect(JSON.parse(whole.body).code).toBe('payload_too_large')
  })

  it('refuses what does not fit into the 6 MB of a function call, counted as JSON', async () => {
    answering({ statusCode: 200 })
    const send = (body: string) =>
      call('/v1/customers', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    expect((await send('x'.repeat(6_000_000))).status).toBe(200)
    expect((await send('x'.repeat(6_400_000))).status).toBe(413)
    expect((await send('"'.repeat(3_200_000))).status).toBe(413)
  })

  it('refuses 10 KB of headers, and far more, with 431', async () => {
    const large = await call('/v1/customers/1', { headers: { 'x-large': 'x'.repeat(10_300) } })
    expect(large).toMatchObject({ status: 431, event: undefined })
    const huge = await raw(`GET / HTTP/1.1\r\nhost: x\r\nx-huge: ${'x'.repeat(300_000)}\r\n\r\n`)
    expect(huge).toContain('HTTP/1.1 431')
    expect(huge).toContain('payload_too_large')
  })

  it('answers bad percent-encoding and broken HTTP with 400', async () => {
    expect(await call('/v1/customers/%zz')).toMatchObject({ status: 400, event: undefined })
    expect(await raw('NONSENSE\r\n\r\n')).toContain('HTTP/1.1 400')
  })

  it('gives up on a function after the integration timeout with 503', async () => {
    answer = () => new Promise(resolve => setTimeout(resolve, 200, { ok: true, result: {} }))
    expect(await call('/slow')).toMatchObject({ status: 503 })
  })

  it('throttles a route with 429 and Retry-After', async () => {
    answering({ statusCode: 200 })
    expect((await call('/limited')).status).toBe(200)
    const second = await call('/limited')
    expect(second.status).toBe(429)
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect(JSON.parse(second.body).code).toBe('rate_limited')
  })

  it('leaves unknown routes to $default', async () => {
    answering({ statusCode: 404 })
    expect((await call('/nowhere', { method: 'DELETE' })).event?.routeKey).toBe('$default')
  })
})

describe('CORS', () => {
  const preflight = (origin: string) =>
    call('/v1/customers', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } })

  it('answers preflights of allowed origins without asking a function', async () => {
    const { status, headers, event } = await preflight('https://app.example')
    expect([status, event]).toEqual([204, undefined])
    expect(headers.get('access-control-allow-origin')).toBe('https://app.example')
    expect(headers.get('access-control-allow-methods')).toBe('GET,POST')
    expect(headers.get('access-control-max-age')).toBe('3600')
  })

  it('tells other origins nothing', async () => {
    const { status, headers } = await preflight('https://evil.example')
    expect([status, headers.get('access-control-allow-origin')]).toEqual([204, null])
  })

  it('adds its headers to ordinary answers', async () => {
    answering({ statusCode: 200 })
    const { headers } = await call('/v1/customers/1', { headers: { origin: 'https://app.example' } })
    expect(headers.get('access-control-expose-headers')).toBe('etag')
  })
})

function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = ''
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1', () => socket.write(text))
    socket.on('data', chunk => (received += chunk))
    socket.on('close', () => resolve(received))
    socket.on('error', error => (received ? resolve(received) : reject(error)))
  })
}

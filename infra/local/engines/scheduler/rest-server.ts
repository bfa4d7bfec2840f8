import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import * as z from 'zod'
import { AwsError, deniedMessage } from '../aws-error.ts'
import type { Engine, EngineSettings } from '../engine.ts'
import { listen } from '../http-server.ts'
import { callerOf } from '../json-server.ts'

/** One call of a REST operation. */
export type RestCall = {
  /** The name at the end of the path; empty for a list. */
  name: string
  query: URLSearchParams
  body: unknown
  /** Throws AccessDeniedException unless the caller may do the action on the resource. */
  demand(action: string, resource: string): void
}

/** An operation by `METHOD /collection`, or `METHOD /collection/*` for one on a member of it. */
export type RestRoutes = Readonly<Record<string, (call: RestCall) => unknown>>

/** Serves a service that speaks AWS's REST protocol with JSON bodies. */
export function startRestServer(routes: RestRoutes, settings: EngineSettings): Promise<Engine> {
  return listen(async (request, response) => {
    // By the engine's clock, which SDKs set theirs by.
    const date = new Date(settings.now()).toUTCString()
    try {
      send(response, { status: 200, body: answer(routes, settings, { request, body: await buffer(request) }), date })
    } catch (error) {
      const { code, status, message } = toAwsError(error)
      send(response, { status, body: { Message: message }, date, 'x-amzn-errortype': code })
    }
  }, settings.port)
}

function answer(
  routes: RestRoutes,
  settings: EngineSettings,
  { request, body }: { request: IncomingMessage; body: Buffer },
) {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const [collection = '', name] = url.pathname.slice(1).split('/')
  const route = `${request.method} /${collection}${name === undefined ? '' : '/*'}`
  const run = Object.hasOwn(routes, route) ? routes[route] : undefined
  if (run === undefined)
    throw new AwsError('UnknownOperationException', `${route} is not supported here`, { status: 404 })
  const principal = callerOf(request, body, settings)
  const demand = (action: string, resource: string) => {
    if (settings.authorize(principal, action, resource)) return
    throw new AwsError('AccessDeniedException', deniedMessage(principal, action, resource), { status: 403 })
  }
  return run({ name: decodeURIComponent(name ?? ''), query: url.searchParams, body: parse(body), demand })
}

function parse(body: Buffer): unknown {
  try {
    return body.length === 0 ? {} : JSON.parse(body.toString())
  } catch (cause) {
    throw new AwsError('SerializationException', `The body is not JSON: ${cause}`)
  }
}

function toAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error
  if (error instanceof z.ZodError) {
    const [issue] = error.issues
    return new AwsError('ValidationException', `${issue?.path.join('.')}: ${issue?.message}`)
  }
  console.error(error)
  return new AwsError('InternalServerException', String(error), { status: 500 })
}

type Reply = { status: number; body: unknown; date: string; 'x-amzn-errortype'?: string }

function send(response: ServerResponse, { status, body, ...headers }: Reply): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': randomUUID(),
    ...headers,
  })
  response.end(text)
}

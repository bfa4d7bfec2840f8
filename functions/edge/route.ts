import middy from '@middy/core'
import type { Context as LambdaContext } from 'aws-lambda'
import type { Endpoint } from '#functions/edge/endpoint.ts'
import { type Answer, type Call, type HttpEvent, type HttpResult, headerOf } from '#functions/edge/http.ts'
import { logged } from '#functions/edge/logged.ts'
import { answerError } from '#functions/edge/respond.ts'
import { serverTiming } from '#functions/edge/server-timing.ts'
import { traceIdOf } from '#functions/edge/trace.ts'
import { unrouted } from '#functions/edge/unrouted.ts'
import { openAccessLine } from '#lib/access-log/access-line.ts'
import { unavailable } from '#lib/errors.ts'
import { createLogger } from '#lib/runtime/logger.ts'

/** A Lambda function behind the HTTP API. */
export type HttpHandler = (event: HttpEvent, context: LambdaContext) => Promise<HttpResult>

/** 500 ms before Lambda would kill the function: time to answer and to log. */
const timeoutEarlyInMillis = 500

/** Turns whatever a handler throws into a problem document. */
const problems: middy.MiddlewareObj<Call, Answer, Error> = {
  onError(request) {
    request.response = answerError(request.error, request.event)
  },
}

/** The stack that every HTTP function runs in: finds the endpoint of the route, lets it answer, turns errors into problems, and logs the access before the answer goes out. */
export function serve(endpoints: readonly Endpoint[], openLine = openAccessLine): HttpHandler {
  const byRouteKey = new Map(endpoints.map(endpoint => [`${endpoint.route.method} ${endpoint.route.path}`, endpoint]))
  const run = middy<Call, Answer, Error>({ timeoutEarlyInMillis, timeoutEarlyResponse: tookTooLong })
    .use(problems)
    .handler((call: Call) => endpointOf(call, byRouteKey).answer(call))
  return async (event, context) => {
    const call = openCall(event)
    const result = await logged(call, await run(call, context), openLine)
    return { ...result, headers: { ...result.headers, ...serverTiming(call) } }
  }
}

function openCall(event: HttpEvent): Call {
  const { requestId } = event.requestContext
  const traceId = traceIdOf(headerOf(event, 'traceparent')) ?? requestId
  const log = createLogger({ requestId, traceId })
  return { event, requestId, traceId, startedAt: performance.now(), log }
}

function endpointOf(call: Call, byRouteKey: ReadonlyMap<string, Endpoint>): Endpoint {
  const { event } = call
  const endpoint = byRouteKey.get(event.routeKey)
  if (!endpoint) throw unrouted(event.requestContext.http.method, event.rawPath)
  call.route = endpoint.route
  return endpoint
}

function tookTooLong(): never {
  throw unavailable(
    'The request took too long. Ask for less at a time; a write is done once under its Idempotency-Key.',
  )
}

import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import type { Caller } from '#lib/access-log/identity.ts'
import type { Logger } from '#lib/runtime/logger.ts'
import type { Meter } from '#lib/store/meter.ts'
import type { Route } from '#schemas/api/routes.ts'

/** A request as API Gateway hands it over (HTTP API, payload format 2.0). */
export type HttpEvent = APIGatewayProxyEventV2
/** An answer in the form that API Gateway wants. */
export type HttpResult = APIGatewayProxyStructuredResultV2

/** One request on its way through the stack. */
export type Call = {
  event: HttpEvent
  /** The gateway's id of the request; in every log line, change and answer. */
  requestId: string
  /** What the caller can search traces by: its own trace id if it sent one, else the request id. */
  traceId: string
  /** `performance.now()` when the request came in. */
  startedAt: number
  log: Logger
  /** What the request used of the table, once it has opened it. */
  meter?: Meter
  /** What the access log tells of it, as far as it is known: the operation, who asked, the body, and whether the answer must not go out unlogged. */
  route?: Route
  caller?: Caller
  body?: unknown
  isGuarded?: boolean
  /** Where the caller is, when a header that the settings trust tells it. */
  country?: string
  /** How long the access log held the answer up. */
  logMs?: number
}

/** What a handler answers; `json` and `text` exclude each other, `base64` is for bytes. */
export type Answer = {
  status: number
  headers?: Record<string, string>
  json?: unknown
  text?: string
  base64?: string
}

/** A request header; API Gateway gives all names in lower case, its test console does not. */
export function headerOf(event: HttpEvent, name: string): string | undefined {
  const headers = event.headers ?? {}
  if (headers[name] !== undefined) return headers[name]
  for (const key in headers) if (key.toLowerCase() === name) return headers[key]
  return undefined
}

import type { Answer } from './answer.ts'

type GatewayError = { status: number; title: string; detail: string }

const errors = {
  bad_request: {
    status: 400,
    title: 'Bad request',
    detail: 'The URL is not valid; percent-encode what is not ASCII (curl: -G --data-urlencode).',
  },
  payload_too_large: { status: 413, title: 'Payload too large', detail: 'A request body may have 10 MB at most.' },
  event_too_large: {
    status: 413,
    title: 'Payload too large',
    detail: 'The request is larger than the 6 MB that a function takes (a binary body grows by a third).',
  },
  headers_too_large: {
    status: 431,
    title: 'Request headers too large',
    detail: 'The request line and all header values may have 10,240 bytes together.',
  },
  rate_limited: { status: 429, title: 'Too many requests', detail: 'The rate limit of this API is reached.' },
  unavailable: { status: 503, title: 'Service unavailable', detail: 'The request took too long or was not taken on.' },
  internal: { status: 500, title: 'Internal error', detail: 'The function failed; its log has the reason.' },
  not_found: { status: 404, title: 'Not found', detail: 'No route has this method and path.' },
} satisfies Record<string, GatewayError>

/** What the gateway itself can refuse a request for. */
export type GatewayRefusal = keyof typeof errors

const codes: Partial<Record<GatewayRefusal, string>> = {
  bad_request: 'validation_failed',
  event_too_large: 'payload_too_large',
  headers_too_large: 'payload_too_large',
}

/** The `application/problem+json` answer (RFC 9457) to a request that no function answers. */
export function refuse(refusal: GatewayRefusal, requestId: string, headers: Record<string, string> = {}): Answer {
  const code = codes[refusal] ?? refusal
  const type = `https://evergreen.example/problems/${code}`
  return {
    status: errors[refusal].status,
    headers: {
      'content-type': 'application/problem+json',
      'x-content-type-options': 'nosniff',
      'x-request-id': requestId,
      ...headers,
    },
    cookies: [],
    body: JSON.stringify({ type, ...errors[refusal], code, traceId: requestId }),
  }
}

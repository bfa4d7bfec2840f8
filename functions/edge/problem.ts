import type { Answer, Call } from '#functions/edge/http.ts'
import type { CrmError, ErrorCode, FieldProblem } from '#lib/errors.ts'

type Meaning = { status: number; title: string; retryAfterSeconds?: number }

/** What each code means over HTTP. */
export const meanings: Readonly<Record<ErrorCode, Meaning>> = {
  validation_failed: { status: 400, title: 'The request breaks a rule' },
  unknown_field: { status: 400, title: 'Unknown field or parameter' },
  field_read_only: { status: 400, title: 'Field is set by the server' },
  invalid_filter: { status: 400, title: 'The filter cannot be used' },
  invalid_cursor: { status: 400, title: 'The cursor cannot be used' },
  record_merged: { status: 308, title: 'The record was merged into another' },
  unauthenticated: { status: 401, title: 'Not signed in' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'Method not allowed here' },
  duplicate_record: { status: 409, title: 'The record probably exists already' },
  unique_violation: { status: 409, title: 'Another record has this value' },
  idempotency_in_flight: { status: 409, title: 'The first request is still running', retryAfterSeconds: 1 },
  merge_conflict: { status: 409, title: 'Records are no longer in the state that this needs' },
  backup_tampered: { status: 409, title: 'The backup is not what was made and signed' },
  version_conflict: { status: 412, title: 'The record has changed' },
  payload_too_large: { status: 413, title: 'Too large' },
  unsupported_media_type: { status: 415, title: 'Body format not understood' },
  idempotency_key_reused: { status: 422, title: 'Idempotency-Key used with another request' },
  rate_limited: { status: 429, title: 'Too many requests', retryAfterSeconds: 1 },
  internal: { status: 500, title: 'Something broke on our side' },
  unavailable: { status: 503, title: 'Try again shortly', retryAfterSeconds: 2 },
}

/** 50: more than anybody mends at once; a hostile body could break a rule a thousand times. */
const mostErrors = 50
const longestDetail = 1_000

/** A problem document (RFC 9457) as JSON. */
export type Problem = { type: string; title: string; status: number; code: ErrorCode; [member: string]: unknown }

/** The problem document of an error that the API means to give. */
export function problemOf(error: CrmError, traceId: string): Problem {
  const { status, title } = meanings[error.code]
  return {
    ...error.members,
    type: `https://evergreen.example/problems/${error.code}`,
    title,
    status,
    code: error.code,
    detail: shortened(error.message),
    traceId,
    ...(error.errors.length > 0 && { errors: error.errors.slice(0, mostErrors).map(placed) }),
  }
}

/** The answer to an error: its status, headers and problem document. */
export function problemAnswer(error: CrmError, call: Pick<Call, 'traceId'>): Answer {
  const { status, retryAfterSeconds } = meanings[error.code]
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      ...(retryAfterSeconds && { 'retry-after': String(retryAfterSeconds) }),
      ...(status === 401 && { 'www-authenticate': 'Bearer' }),
      ...(status === 405 && { allow: allowed(error) }),
    },
    json: problemOf(error, call.traceId),
  }
}

/** `pointer` must be a JSON Pointer into the body, so a query parameter (`?name` inside) is told by `parameter`. */
function placed({ pointer, code, detail }: FieldProblem) {
  const place = pointer.startsWith('?') ? { parameter: pointer.slice(1) } : { pointer }
  return { ...place, code, detail: shortened(detail) }
}

function shortened(text: string): string {
  return text.length > longestDetail ? `${text.slice(0, longestDetail).toWellFormed()}…` : text
}

function allowed(error: CrmError): string {
  const methods = error.members['allow']
  return Array.isArray(methods) ? methods.join(', ') : ''
}

import type { Answer, Call, HttpResult } from '#functions/edge/http.ts'
import { mergedAnswer } from '#functions/edge/merged.ts'
import { problemAnswer } from '#functions/edge/problem.ts'
import { CrmError, unavailable } from '#lib/errors.ts'
import { isOutage } from '#lib/runtime/outage.ts'

/** On every answer; one that may be cached says so itself. */
const baseHeaders = {
  'cache-control': 'no-store',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
}

/** 5.5 MB: Lambda answers 6 MB at most, JSON escapes and headers included. */
const largestAnswerBytes = 5_500_000

/** The answer to an error. What is not the caller's doing is logged once, with its stack, and told without details. */
export function answerError(error: unknown, call: Call): Answer {
  const told = toCrmError(error, call)
  if (told.code === 'internal') call.log.error('Unexpected error', { error })
  if (told.code === 'unavailable') call.log.warn('A service behind the API failed', { error })
  return told.code === 'record_merged' ? mergedAnswer(told, call) : problemAnswer(told, call)
}

/** An answer in the form that API Gateway wants, with the headers that every answer has. */
export function toHttp(answer: Answer, call: Call): HttpResult {
  const body = answer.json === undefined ? (answer.base64 ?? answer.text) : JSON.stringify(answer.json)
  if (body !== undefined && isTooLarge(body)) return toHttp(problemAnswer(answerTooLarge(), call), call)
  return {
    statusCode: answer.status,
    headers: {
      ...baseHeaders,
      ...(answer.json !== undefined && { 'content-type': 'application/json' }),
      ...answer.headers,
      'x-request-id': call.requestId,
    },
    ...(body !== undefined && { body }),
    isBase64Encoded: answer.base64 !== undefined,
  }
}

function toCrmError(error: unknown, { requestId }: Call): CrmError {
  if (error instanceof CrmError) return error
  if (!isOutage(error)) return new CrmError('internal', `Tell support the id ${requestId}.`, { cause: error })
  return unavailable(
    'A service behind the API does not answer. Try again; a write is done once under its Idempotency-Key.',
    error,
  )
}

/** A character is 1 to 3 bytes: only long texts need counting. */
function isTooLarge(body: string): boolean {
  return body.length * 3 > largestAnswerBytes && Buffer.byteLength(body) > largestAnswerBytes
}

function answerTooLarge(): CrmError {
  return new CrmError('payload_too_large', 'The answer would exceed 6 MB. Ask for less, with `limit` or `fields`.')
}

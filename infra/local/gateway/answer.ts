import type { ServerResponse } from 'node:http'
import type { Outcome } from '../lambda/worker.ts'
import { refuse } from './problem.ts'

/** What goes back to the client. */
export type Answer = { status: number; headers: Record<string, string>; cookies: string[]; body: string | Buffer }

/** 6 MB: the most that Lambda returns from a synchronous call. */
export const maxLambdaBytes = 6 * 1024 * 1024

/** Headers that the gateway sets itself, whatever a function says. */
const ownHeaders = new Set(['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding', 'set-cookie'])

/** Maps a function's outcome to an answer as payload format 2.0 does: structured with a statusCode, else the body of a 200. */
export function toAnswer(outcome: Outcome, requestId: string): Answer {
  if (!outcome.ok) {
    const isThrottled = outcome.errorType === 'TooManyRequestsException'
    return isThrottled ? refuse('unavailable', requestId, { 'retry-after': '1' }) : refuse('internal', requestId)
  }
  const answer =
    isObject(outcome.result) && 'statusCode' in outcome.result ? structured(outcome.result) : plain(outcome.result)
  if (answer === undefined || Buffer.byteLength(answer.body) > maxLambdaBytes) return refuse('internal', requestId)
  return answer
}

/** Sends an answer; a 204 or 304 goes without a body. */
export function send(response: ServerResponse, { status, headers, cookies, body }: Answer): void {
  const lines: string[] = []
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined) lines.push(name, value)
  }
  for (const cookie of cookies) lines.push('set-cookie', cookie)
  const hasBody = status !== 204 && status !== 304
  if (hasBody) lines.push('content-length', String(Buffer.byteLength(body)))
  response.writeHead(status, lines)
  response.end(hasBody ? body : undefined)
}

function structured(result: Record<string, unknown>): Answer | undefined {
  const { statusCode, headers, cookies, body, isBase64Encoded } = result
  const status = Number(statusCode)
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined
  if (body !== undefined && body !== null && typeof body !== 'string') return undefined
  return {
    status,
    headers: readHeaders(headers),
    cookies: Array.isArray(cookies) ? cookies.map(String) : [],
    body: isBase64Encoded === true ? Buffer.from(body ?? '', 'base64') : (body ?? ''),
  }
}

function plain(result: unknown): Answer {
  const body = typeof result === 'string' ? result : (JSON.stringify(result) ?? '')
  return { status: 200, headers: { 'content-type': 'application/json' }, cookies: [], body }
}

function readHeaders(headers: unknown): Record<string, string> {
  const read: Record<string, string> = {}
  if (!isObject(headers)) return read
  for (const name in headers) {
    const value = headers[name]
    const lower = name.toLowerCase()
    if (value !== undefined && value !== null && !ownHeaders.has(lower)) read[lower] = String(value)
  }
  return read
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

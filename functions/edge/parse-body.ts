import { type HttpEvent, headerOf } from '#functions/edge/http.ts'
import { findHazard } from '#functions/edge/json-hazards.ts'
import { CrmError, invalid, invalidAt } from '#lib/errors.ts'

/** 1 MB: a record may hold 400 KB (DynamoDB). */
export const largestBodyBytes = 1_048_576
/** 6 MB: what Lambda takes at all. */
export const largestBatchBytes = 6_291_456

const jsonOnly = /^application\/json$/
const jsonOrMergePatch = /^application\/(json|merge-patch\+json)$/

/**
 * Reads the JSON body of a request; `undefined` when there is none.
 * @throws CrmError `unsupported_media_type`, `payload_too_large`, or `validation_failed` saying where the JSON is bad.
 */
export function parseBody(event: HttpEvent, maxBytes: number): unknown {
  if (!event.body) return undefined
  checkMediaType(event)
  const text = decoded(event.body, event.isBase64Encoded, maxBytes)
  if (text === '') return undefined
  const hazard = findHazard(text)
  if (hazard) throw invalid([hazard])
  try {
    return JSON.parse(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'unreadable'
    throw new CrmError('validation_failed', `The body is not valid JSON: ${reason}.`, {
      cause,
      errors: [{ pointer: '', code: 'invalid_json', detail: 'The body is not valid JSON.' }],
    })
  }
}

function checkMediaType(event: HttpEvent): void {
  const isPatch = event.requestContext.http.method === 'PATCH'
  const [type = '', ...parameters] = (headerOf(event, 'content-type') ?? '').toLowerCase().split(';')
  const isKnown = (isPatch ? jsonOrMergePatch : jsonOnly).test(type.trim())
  const isUtf8 = parameters.every(parameter => /^\s*(charset\s*=\s*"?utf-?8"?)?\s*$/.test(parameter))
  const isPlain = /^\s*(identity)?\s*$/i.test(headerOf(event, 'content-encoding') ?? '')
  if (isKnown && isUtf8 && isPlain) return
  const types = isPatch ? 'application/merge-patch+json or application/json' : 'application/json'
  throw new CrmError('unsupported_media_type', `Send the body as ${types}, in UTF-8, not compressed.`)
}

function decoded(body: string, isBase64: boolean, maxBytes: number): string {
  // Three characters of UTF-8 at most per UTF-16 unit: short texts need no counting.
  if (!isBase64) return within(body, body.length * 3 > maxBytes ? Buffer.byteLength(body) : 0, maxBytes)
  const bytes = Buffer.from(body, 'base64')
  within('', bytes.length, maxBytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw invalidAt('', 'invalid_text', 'The body is not valid UTF-8.')
  }
}

function within(text: string, bytes: number, maxBytes: number): string {
  if (bytes > maxBytes) throw new CrmError('payload_too_large', `The body has more than ${maxBytes} bytes.`)
  if (!text.isWellFormed()) throw invalidAt('', 'invalid_text', 'The body is not valid UTF-8.')
  return text
}

import { hash } from 'node:crypto'
import { type HttpEvent, headerOf } from '#functions/edge/http.ts'
import { CrmError } from '#lib/errors.ts'
import type { Idempotency } from '#lib/runtime/context.ts'

/**
 * What the `Idempotency-Key` of a request stands for: a key private to the actor, and the request it was used with.
 * @throws CrmError `validation_failed` when the key is not 1 to 255 visible ASCII characters.
 */
export function readIdempotency(event: HttpEvent, actorId: string): Idempotency | undefined {
  const key = headerOf(event, 'idempotency-key')
  if (key === undefined) return undefined
  if (!/^[\x21-\x7e]{1,255}$/.test(key))
    throw new CrmError(
      'validation_failed',
      'Idempotency-Key must be 1 to 255 visible ASCII characters, without spaces.',
    )
  const { http } = event.requestContext
  const request = [http.method, event.rawPath, event.rawQueryString ?? '', event.body ?? '']
  return { key: sha256([actorId, key]), requestHash: sha256(request) }
}

/** Of several texts, so that no two lists of texts share a hash. */
function sha256(parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts))
}

/** Every code the API can answer with; stable, part of the contract. */
export type ErrorCode =
  | 'validation_failed'
  | 'unknown_field'
  | 'field_read_only'
  | 'invalid_filter'
  | 'invalid_cursor'
  | 'unauthenticated'
  | 'not_found'
  | 'record_merged'
  | 'duplicate_record'
  | 'unique_violation'
  | 'version_conflict'
  | 'merge_conflict'
  | 'backup_tampered'
  | 'idempotency_key_reused'
  | 'idempotency_in_flight'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'method_not_allowed'
  | 'rate_limited'
  | 'unavailable'
  | 'internal'

/** One thing wrong with a request: where (JSON Pointer into the body, or `?name` for a parameter), which rule, what to do. */
export type FieldProblem = { pointer: string; code: string; detail: string }

/** JSON Pointer (RFC 6901) to a place in the body. */
export function pointerTo(...path: PropertyKey[]): string {
  return path.map(step => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

type Extra = { errors?: FieldProblem[]; cause?: unknown; members?: Record<string, unknown> }

/** The only error that code under lib/ throws; functions/edge/respond.ts turns it into HTTP. */
export class CrmError extends Error {
  override readonly name = 'CrmError'
  readonly code: ErrorCode
  /** What is wrong, field by field. */
  readonly errors: FieldProblem[]
  /** Further members of the problem document, such as `existingId` or `currentVersion`. */
  readonly members: Record<string, unknown>

  constructor(code: ErrorCode, detail: string, extra: Extra = {}) {
    super(detail, extra.cause === undefined ? undefined : { cause: extra.cause })
    this.code = code
    this.errors = extra.errors ?? []
    this.members = extra.members ?? {}
  }
}

/** The request breaks a rule; `errors` say which, where and how to mend it. The most telling single code wins. */
export function invalid(errors: FieldProblem[]): CrmError {
  const codes = new Set(errors.map(error => error.code))
  const only = codes.size === 1 ? errors[0]?.code : undefined
  const code = only === 'unknown_field' || only === 'field_read_only' ? only : 'validation_failed'
  return new CrmError(code, errors.map(error => error.detail).join(' '), { errors })
}

/** One rule broken at one place. */
export function invalidAt(pointer: string, code: string, detail: string): CrmError {
  return invalid([{ pointer, code, detail }])
}

/** Missing and forbidden are the same answer, so that nobody learns what exists. */
export function notFound(object: string, id: string, verb = 'see'): CrmError {
  return new CrmError('not_found', `There is no ${object} ${id} that you may ${verb}.`)
}

/** The record was absorbed by a merge; what is asked of it is to be asked of its survivor. */
export function recordMerged(id: string, survivorId: string): CrmError {
  return new CrmError('record_merged', `${id} was merged into ${survivorId}; ask for that.`, {
    members: { id, survivorId },
  })
}

/** A merge or its undoing does not fit the state that the records are in by now. */
export function mergeConflict(
  detail: string,
  members: Record<string, unknown> = {},
  errors: FieldProblem[] = [],
): CrmError {
  return new CrmError('merge_conflict', detail, { members, errors })
}

/** The actor's role does not reach this at all; the same answer as for a thing that does not exist. */
export function outOfReach(object: string, verb: string): CrmError {
  return new CrmError('not_found', `There is no ${object} that you may ${verb}. An admin can widen your role.`)
}

/** The filter does not parse or type-check, or names a field that the actor may not filter by. */
export function invalidFilter(detail: string): CrmError {
  return new CrmError('invalid_filter', detail, {
    errors: [{ pointer: '?filter', code: 'invalid_filter', detail }],
  })
}

/** The cursor was not made by this API for this very query. */
export function invalidCursor(): CrmError {
  const detail =
    'The cursor does not belong to this query. Start again without it, and keep the other parameters as they were.'
  return new CrmError('invalid_cursor', detail, { errors: [{ pointer: '?cursor', code: 'invalid_cursor', detail }] })
}

/** No token, or one that is expired, forged or of somebody who has left. */
export function unauthenticated(detail: string): CrmError {
  return new CrmError('unauthenticated', detail)
}

/** Another record holds the value of a unique field. */
export function uniqueViolation(pointer: string, detail: string, existingId?: string): CrmError {
  return new CrmError('unique_violation', detail, {
    errors: [{ pointer, code: 'unique_violation', detail }],
    members: existingId === undefined ? {} : { existingId },
  })
}

/** The record is not at the version the caller saw; `currentVersion` is where it is now. */
export function versionConflict(id: string, currentVersion: number | undefined): CrmError {
  const now = currentVersion === undefined ? 'changed meanwhile' : `is at version ${currentVersion}`
  return new CrmError(
    'version_conflict',
    `${id} ${now}. Read it again, apply your change to that, and send its ETag.`,
    {
      members: currentVersion === undefined ? {} : { currentVersion },
    },
  )
}

/** The same Idempotency-Key came with another request. */
export function idempotencyKeyReused(): CrmError {
  return new CrmError(
    'idempotency_key_reused',
    'This Idempotency-Key was used with another request. Use a new key for a new request.',
  )
}

/** The first request with this key is still running. */
export function idempotencyInFlight(): CrmError {
  return new CrmError(
    'idempotency_in_flight',
    'A request with this Idempotency-Key is still running. Try again shortly.',
  )
}

/** Whether a rule was broken: any other error says nothing about what was asked, and may not come again. */
export function isRefusal(error: unknown): error is CrmError {
  return error instanceof CrmError && error.code !== 'unavailable' && error.code !== 'internal'
}

/** A service behind the API did not answer in time or refused for load. Retrying is safe. */
export function unavailable(detail: string, cause?: unknown): CrmError {
  return new CrmError('unavailable', detail, cause === undefined ? {} : { cause })
}

import { reference, type Schema } from '#functions/api/openapi/fields.ts'
import { meanings, problemOf } from '#functions/edge/problem.ts'
import { CrmError, type ErrorCode } from '#lib/errors.ts'
import type { Json } from '#schemas/json.ts'

const header = (description: string): Schema => ({ description, schema: { type: 'string' } })

/** Response headers that several operations share. */
export const headers: Record<string, Schema> = {
  RequestId: header('Id of the request: in the log, in the change it made and in events.'),
  ETag: header('Version of the record; send it as `If-Match`, or as `If-None-Match` when reading.'),
  Location: header('Where the record lives.'),
  IdempotencyReplayed: header('`true`: an earlier request with the same key did it; this one changed nothing.'),
  DryRun: header('`true`: nothing was written.'),
  RetryAfter: { description: 'Seconds to wait before trying again.', schema: { type: 'integer' } },
  ServerTiming: header('What the request cost, when asked for with `Prefer: server-timing`.'),
}

/** Codes that any operation may answer with, by whether it needs a token. */
const always: Readonly<Record<'public' | 'signedIn', readonly ErrorCode[]>> = {
  public: ['rate_limited', 'internal', 'unavailable'],
  signedIn: ['unauthenticated', 'rate_limited', 'internal', 'unavailable'],
}

/** Name of the shared response of a status: Problem404. */
function responseName(status: number): string {
  return status === 308 ? 'Merged' : `Problem${status}`
}

/** Every response that carries a problem, and the one that leads on to a survivor, by name; 405 answers what no operation takes, so none refers to it. */
export function problemResponses(): Record<string, Schema> {
  const statuses = [...new Set(Object.values(meanings).map(meaning => meaning.status))].filter(
    status => status >= 400 && status !== 405,
  )
  const problems = Object.fromEntries(statuses.map(status => [responseName(status), problemResponse(status)]))
  return { ...problems, [responseName(308)]: mergedResponse() }
}

/** The error answers of one operation. */
export function errorAnswers(codes: readonly ErrorCode[], isPublic: boolean): Record<string, Schema> {
  const all = [...codes, ...always[isPublic ? 'public' : 'signedIn']]
  const statuses = [...new Set(all.map(code => meanings[code].status))].toSorted((a, b) => a - b)
  return Object.fromEntries(
    statuses.map(status => [String(status), { $ref: `#/components/responses/${responseName(status)}` }]),
  )
}

/** An answer with a JSON body. */
export function jsonAnswer(description: string, schema: Schema, more: { headers?: string[]; example?: Json }): Schema {
  const { headers: names = [], example } = more
  return {
    description,
    headers: headerReferences(['RequestId', 'ServerTiming', ...names]),
    content: { 'application/json': { schema, ...(example !== undefined && { example }) } },
  }
}

/** An answer without a body. */
export function emptyAnswer(description: string, names: string[] = []): Schema {
  return { description, headers: headerReferences(['RequestId', ...names]) }
}

const headerNames: Readonly<Record<string, string>> = {
  RequestId: 'x-request-id',
  IdempotencyReplayed: 'idempotency-replayed',
  DryRun: 'x-dry-run',
  RetryAfter: 'retry-after',
  ServerTiming: 'server-timing',
}

function headerReferences(names: readonly string[]): Schema {
  return Object.fromEntries(
    names.map(name => [headerNames[name] ?? name.toLowerCase(), { $ref: `#/components/headers/${name}` }]),
  )
}

function problemResponse(status: number): Schema {
  const codes = codesOf(status)
  const [first = 'internal'] = codes
  const isPassing = codes.some(code => meanings[code].retryAfterSeconds !== undefined)
  return {
    description: codes.map(code => `\`${code}\`: ${meanings[code].title}.`).join(' '),
    headers: headerReferences(isPassing ? ['RequestId', 'RetryAfter'] : ['RequestId']),
    content: { 'application/problem+json': { schema: reference('Problem'), example: exampleProblem(first) } },
  }
}

function mergedResponse(): Schema {
  return {
    description:
      '`record_merged`: the record was absorbed by another one. Make the same request at `Location`, with the same method ' +
      'and body; most HTTP clients do so by themselves.',
    headers: headerReferences(['RequestId', 'Location']),
    content: { 'application/json': { schema: reference('Merged') } },
  }
}

function codesOf(status: number): ErrorCode[] {
  const isCode = (name: string): name is ErrorCode => name in meanings
  return Object.keys(meanings)
    .filter(isCode)
    .filter(code => meanings[code].status === status)
}

function exampleProblem(code: ErrorCode): Json {
  const detail = 'What is wrong, where, and what to do.'
  const errors = meanings[code].status === 400 ? [{ pointer: '/emails/0/value', code: 'invalid_email', detail }] : []
  const { type, title, status } = problemOf(new CrmError(code, detail), '')
  return { type, title, status, code, detail, traceId: 'JKJaXmPLvHcESHA=', ...(errors.length > 0 && { errors }) }
}

import { type Caller, identityOf } from '#lib/access-log/identity.ts'
import { maskBody, maskParameters, maskPath, maskPointer } from '#lib/access-log/mask.ts'
import { type Home, recordParts, resourcesOf } from '#lib/access-log/record-parts.ts'
import { handsOutFile, shownIds } from '#lib/access-log/shown.ts'
import { isId } from '#lib/runtime/ids.ts'
import type { AccessRecord } from '#schemas/events/access-recorded.ts'
import type { JsonObject } from '#schemas/json.ts'

/** What is known of a request once it has its answer. */
export type CallFacts = {
  requestId: string
  startedAt: Date
  durationMs: number
  traceId: string
  sourceIp: string
  userAgent: string
  /** The route's operation; none for what no route takes. */
  operationId: string | undefined
  method: string
  path: string
  pathParameters: Readonly<Record<string, string | undefined>>
  /** Undefined where it could not be read. */
  query: Readonly<Record<string, string>> | undefined
  body: unknown
  caller: Caller | undefined
  country?: string | undefined
  answer: { status: number; json?: unknown; headers?: Record<string, string> }
}

/** Objects that say who may do what: a change of them is a change of permissions. */
const managing = new Set(['users', 'roles', 'teams', 'settings'])

/** The access record of a request to the API. */
export function callRecord(home: Home, facts: CallFacts): AccessRecord {
  const { answer, method } = facts
  const readOnly = method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
  const isManagement = managing.has(facts.pathParameters['object'] ?? facts.path.split('/')[2] ?? '')
  return {
    ...recordParts(home, facts),
    userIdentity: identityOf(facts.caller, home.tenant),
    eventName: facts.operationId ?? 'unrouted',
    sourceIPAddress: facts.sourceIp,
    userAgent: facts.userAgent.slice(0, 300),
    ...errorOf(answer),
    requestParameters: parametersOf(facts),
    responseElements: responseOf(facts, readOnly),
    additionalEventData: {
      startedAt: facts.startedAt.toISOString(),
      status: answer.status,
      durationMs: Math.round(facts.durationMs),
      traceId: facts.traceId,
      ...(facts.country !== undefined && { country: facts.country }),
    },
    readOnly,
    resources: resourcesOf(home, touchedIds(facts)),
    eventType: 'AwsApiCall',
    managementEvent: isManagement,
    eventCategory: isManagement ? 'Management' : 'Data',
  }
}

function parametersOf({ operationId, method, path, pathParameters, query, body }: CallFacts): JsonObject {
  return {
    ...(operationId === undefined && { method, path: maskPath(path) }),
    ...maskParameters(pathParameters),
    ...(query ? maskParameters(query) : { query: '(cannot be read)' }),
    ...(body !== undefined && { body: maskBody(body) }),
  }
}

/** The problem without its detail, which may quote what was sent; of each field where it is and what rule it breaks. */
function errorOf({ status, json }: CallFacts['answer']): Pick<AccessRecord, 'errorCode' | 'errorMessage'> {
  if (status < 400) return {}
  const problem = isObject(json) ? json : {}
  const errors = Array.isArray(problem['errors']) ? problem['errors'].filter(isObject).slice(0, 10) : []
  const places = errors.map(({ pointer, parameter, code }) => `${maskPointer(String(pointer ?? parameter))} ${code}`)
  return {
    errorCode: String(problem['code'] ?? `http_${status}`),
    errorMessage: [String(problem['title'] ?? 'Refused'), ...places].join('; '),
  }
}

/** As CloudTrail has it: what a change made; null for reads, but that the address of a file was handed out. */
function responseOf({ answer }: CallFacts, readOnly: boolean): JsonObject | null {
  const { status, json, headers } = answer
  if (status >= 400) return null
  const file = handsOutFile(json, headers?.['location']) ? { presignedUrl: '***' } : undefined
  if (readOnly) return file ?? null
  const made = isObject(json) ? json : {}
  return {
    ...(typeof made['id'] === 'string' && { id: made['id'] }),
    ...(typeof made['version'] === 'number' && { version: made['version'] }),
    ...file,
  }
}

/** What the path names, whatever came of it, and what the answer shows. */
function touchedIds({ pathParameters, answer }: CallFacts): string[] {
  const named = Object.values(pathParameters).filter(value => value !== undefined && isId(value))
  return [...new Set([...named.map(String), ...shownIds(answer.json)])]
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

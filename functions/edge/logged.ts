import type { Answer, Call, HttpResult } from '#functions/edge/http.ts'
import { parseQuery } from '#functions/edge/parse-query.ts'
import { problemAnswer } from '#functions/edge/problem.ts'
import { toHttp } from '#functions/edge/respond.ts'
import type { AccessLine } from '#lib/access-log/access-line.ts'
import { callRecord } from '#lib/access-log/call-record.ts'
import { handsOutFile } from '#lib/access-log/shown.ts'
import { unavailable } from '#lib/errors.ts'
import type { AccessRecord } from '#schemas/events/access-recorded.ts'

/**
 * The answer in the form that API Gateway wants, once the access is logged. While the bus takes no records, those of
 * ordinary calls go straight to the queue behind it; a call that would show sensitive fields or hand out a file is
 * answered 503, and so is every call when the queue takes nothing either (docs/decisions/0024).
 */
export async function logged(call: Call, answer: Answer, openLine: () => AccessLine): Promise<HttpResult> {
  const startedAt = performance.now()
  const line = openLine()
  const result = toHttp(answer, call)
  const final =
    result.statusCode === answer.status ? answer : { ...answer, status: result.statusCode ?? 500, json: undefined }
  const told = await tell(call, final, line)
  call.logMs = performance.now() - startedAt
  return told === 'logged' ? result : toHttp(told, call)
}

async function tell(call: Call, answer: Answer, line: AccessLine): Promise<'logged' | Answer> {
  const record = recordOf(call, answer, line)
  try {
    await line.publish(record)
    return 'logged'
  } catch (error) {
    call.log.error('The bus does not take access records', { eventId: record.eventID, error })
  }
  if (!mustNotGoUnseen(call, answer)) return (await isSpooled(call, record, line)) ? 'logged' : refusal(call)
  const refused = refusal(call)
  await isSpooled(call, recordOf(call, refused, line), line)
  return refused
}

/** Errors show nothing of a record, nor does "not modified". */
function mustNotGoUnseen({ isGuarded }: Call, { status, json, headers }: Answer): boolean {
  return handsOutFile(json, headers?.['location']) || (isGuarded === true && status >= 200 && status < 300)
}

async function isSpooled(call: Call, record: AccessRecord, line: AccessLine): Promise<boolean> {
  try {
    await line.spool(record)
    call.log.warn('An access record waits in the queue, past the bus', { eventId: record.eventID })
    return true
  } catch (error) {
    call.log.error('An access record is lost', { record, error })
    return false
  }
}

function refusal({ traceId }: Call): Answer {
  const detail = 'The access log cannot be written, and nothing is shown unlogged. Try again in a few seconds.'
  return problemAnswer(unavailable(detail), { traceId })
}

function recordOf(call: Call, answer: Answer, { home }: AccessLine): AccessRecord {
  const { event, requestId, traceId, route, caller, body, country } = call
  const { http, timeEpoch } = event.requestContext
  return callRecord(home, {
    ...{ requestId, traceId, caller, body, answer, country },
    startedAt: new Date(timeEpoch),
    durationMs: performance.now() - call.startedAt,
    sourceIp: http.sourceIp,
    userAgent: http.userAgent,
    operationId: route?.operationId,
    method: http.method,
    path: event.rawPath,
    pathParameters: route ? (event.pathParameters ?? {}) : {},
    query: readQuery(event.rawQueryString),
  })
}

/** What cannot be read was refused already. */
function readQuery(rawQueryString: string | undefined): Record<string, string> | undefined {
  try {
    return parseQuery(rawQueryString)
  } catch {
    return undefined
  }
}

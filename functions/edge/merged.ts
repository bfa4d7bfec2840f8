import type { Answer, Call } from '#functions/edge/http.ts'
import { problemAnswer } from '#functions/edge/problem.ts'
import { type CrmError, mergeConflict } from '#lib/errors.ts'

/**
 * 308: the same request, method and body too, is to be made of the survivor; the body names it for clients that do not
 * follow. A request that names the record in its body cannot be sent elsewhere: 409.
 */
export function mergedAnswer(error: CrmError, { event, traceId }: Pick<Call, 'event' | 'traceId'>): Answer {
  const { id, survivorId } = mergedIds(error)
  const target = event.rawQueryString ? `${event.rawPath}?${event.rawQueryString}` : event.rawPath
  if (!target.includes(id)) return problemAnswer(mergeConflict(error.message, error.members, error.errors), { traceId })
  return { status: 308, headers: { location: target.replace(id, survivorId) }, json: mergedBody(error) }
}

/** What the answer says of an absorbed record. */
export function mergedBody(error: CrmError) {
  const { id, survivorId } = mergedIds(error)
  return { code: error.code, id, mergedInto: survivorId }
}

function mergedIds({ members }: CrmError): { id: string; survivorId: string } {
  return { id: String(members['id']), survivorId: String(members['survivorId']) }
}

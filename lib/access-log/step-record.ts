import { serviceIdentity } from '#lib/access-log/identity.ts'
import { maskBody } from '#lib/access-log/mask.ts'
import { type Home, recordParts, resourcesOf } from '#lib/access-log/record-parts.ts'
import { isId } from '#lib/runtime/ids.ts'
import type { AccessRecord } from '#schemas/events/access-recorded.ts'

/** One run of a step of long work, or of what a schedule calls. */
export type StepFacts = {
  /** Of the invocation, so that a try after a failure is a record of its own. */
  requestId: string
  startedAt: Date
  durationMs: number
  /** Name of the function after the tenant's prefix, e.g. `split-import`. */
  step: string
  input: unknown
  /** Name of the error it ended with. */
  error: string | undefined
}

/** Records that left the product in a file. */
export type ExportFacts = {
  exportId: string
  actorId: string
  part: number
  page: number
  ids: readonly string[]
  startedAt: Date
}

/** The access record of a step: the product at work, on behalf of the person who asked where somebody did. */
export function stepRecord(home: Home, facts: StepFacts): AccessRecord {
  const { step, input, error } = facts
  const { fields: _names, ...asked } = maskBody(input)
  const { actorId, ...about } = asked
  const ids = Object.values(about).filter(value => typeof value === 'string' && isId(value))
  return {
    ...recordParts(home, facts),
    ...serviceEvent(home, typeof actorId === 'string' ? actorId : undefined, step),
    eventName: step.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
    ...(error !== undefined && { errorCode: error, errorMessage: 'The step ended with an error.' }),
    requestParameters: asked,
    responseElements: null,
    additionalEventData: { startedAt: facts.startedAt.toISOString(), durationMs: Math.round(facts.durationMs) },
    readOnly: false,
    resources: resourcesOf(home, ids.map(String)),
  }
}

/** The access record of up to 200 records that an export writes; the same page of the same part is the same record. */
export function exportRecord(home: Home, { exportId, actorId, part, page, ids, startedAt }: ExportFacts): AccessRecord {
  const requestId = `${exportId}/${part}/${page}`
  return {
    ...recordParts(home, { requestId, startedAt }),
    ...serviceEvent(home, actorId, 'export-part'),
    eventName: 'exportRecords',
    requestParameters: { exportId, part, page },
    responseElements: null,
    additionalEventData: { startedAt: startedAt.toISOString() },
    readOnly: true,
    resources: resourcesOf(home, ids),
  }
}

function serviceEvent(home: Home, actorId: string | undefined, step: string) {
  return {
    userIdentity: serviceIdentity(`evergreen/${step}`, actorId),
    // As CloudTrail has it where an AWS service calls: its name.
    sourceIPAddress: `${step}.${home.tenant}.evergreen.example`,
    userAgent: 'evergreen',
    eventType: 'AwsServiceEvent',
    managementEvent: false,
    eventCategory: 'Data',
  } as const
}

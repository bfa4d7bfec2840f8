import * as z from 'zod'

/** Where access records come from: the `source` of their events. */
export const accessEventSource = 'evergreen.access'
/** The `detail-type` of their events. */
export const accessEventType = 'AccessRecorded'

const names = z.record(z.string(), z.unknown())

/** Who asked: a person, a program, the product itself, or nobody who could be told. */
const userIdentity = z.object({
  type: z.enum(['User', 'Application', 'AWSService', 'Unknown']),
  /** Id of the user record; for the product the part of it that worked. */
  principalId: z.string().optional(),
  userName: z.string().optional(),
  accountId: z.string().optional(),
  /** What worked on somebody's behalf, or by itself. */
  invokedBy: z.string().optional(),
  sessionContext: z
    .object({
      sessionIssuer: z.object({ type: z.literal('Role'), principalId: z.string(), userName: z.string() }).optional(),
      /** When the token was given out, and its id. */
      attributes: z.object({ creationDate: z.string().optional(), sessionId: z.string().optional() }).optional(),
    })
    .optional(),
})

/** One access in CloudTrail's shape (record version 1.11): what the bus carries, log files hold and the index is made of. */
export const accessRecord = z.object({
  eventVersion: z.literal('1.11'),
  userIdentity,
  /** To the second, as CloudTrail has it; `additionalEventData.startedAt` is exact. */
  eventTime: z.string(),
  eventSource: z.string(),
  /** The operation's id, or the step of a job. */
  eventName: z.string(),
  awsRegion: z.string(),
  sourceIPAddress: z.string(),
  userAgent: z.string(),
  /** The problem's code. */
  errorCode: z.string().optional(),
  errorMessage: z.string().optional(),
  requestParameters: names.nullable(),
  responseElements: names.nullable(),
  additionalEventData: z.looseObject({ startedAt: z.iso.datetime(), status: z.int().optional() }),
  requestID: z.string(),
  eventID: z.uuid(),
  readOnly: z.boolean(),
  /** Records that were asked for or shown. */
  resources: z.array(z.object({ accountId: z.string(), type: z.string(), ARN: z.string() })),
  eventType: z.enum(['AwsApiCall', 'AwsServiceEvent']),
  managementEvent: z.boolean(),
  /** The tenant. */
  recipientAccountId: z.string(),
  eventCategory: z.enum(['Data', 'Management']),
})

/** One access in CloudTrail's shape. */
export type AccessRecord = z.infer<typeof accessRecord>

/** An access record as a queue delivers it: within EventBridge's envelope, which what was spooled has too. */
export const accessEvent = z.object({
  source: z.literal(accessEventSource),
  'detail-type': z.literal(accessEventType),
  detail: accessRecord,
})

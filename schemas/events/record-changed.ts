import * as z from 'zod'

/** Source of every event about a record. */
export const recordEventSource = 'evergreen.records'

/** What happened to a record, in the order of its life. */
const recordEventTypes = [
  'RecordCreated',
  'RecordUpdated',
  'RecordDeleted',
  'RecordRestored',
  'RecordsMerged',
  'RecordsUnmerged',
] as const

/** Kind of a record event. */
export type RecordEventType = (typeof recordEventTypes)[number]

/**
 * Detail of a record event. It names what changed but carries no values, so that the bus, its archives and dead-letter
 * queues hold no personal data; a consumer reads the record as it is now.
 */
export const recordChanged = z.object({
  /** The same for every delivery: record id, `#` and version. */
  id: z.string().min(1),
  tenant: z.string().min(1),
  object: z.string().min(1),
  recordId: z.string().min(1),
  version: z.int().min(1),
  changedFields: z.array(z.string()),
  at: z.string(),
  actorId: z.string(),
  requestId: z.string(),
  source: z.string(),
  /** With RecordsMerged and RecordsUnmerged: one event for the survivor, and one for each record absorbed. */
  merge: z.object({ id: z.string(), into: z.string().optional(), absorbed: z.array(z.string()).optional() }).optional(),
})

/** A change of a record, without its values. */
export type RecordChanged = z.infer<typeof recordChanged>

/** The envelope in which EventBridge delivers a record event to a queue. */
export const recordEvent = z.object({
  source: z.literal(recordEventSource),
  'detail-type': z.enum(recordEventTypes),
  detail: recordChanged,
})

/** A record event as a consumer gets it. */
export type RecordEvent = z.infer<typeof recordEvent>

import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import * as z from 'zod'
import { type Bus, type BusEvent, openBus, publish } from '#lib/runtime/bus.ts'
import { readEnv, required } from '#lib/runtime/env.ts'
import { createLogger, type Logger } from '#lib/runtime/logger.ts'
import { type RecordChanged, type RecordEventType, recordEventSource } from '#schemas/events/record-changed.ts'

const text = z.object({ S: z.string() }).transform(({ S }) => S)
const number = z.object({ N: z.string() }).transform(({ N }) => Number(N))

/** Which merge a change is part of. */
const mergeImage = z
  .object({
    M: z.object({
      id: text,
      into: text.optional(),
      absorbed: z
        .object({ L: z.array(text) })
        .transform(({ L }) => L)
        .optional(),
    }),
  })
  .transform(({ M }) => M)

/** A change item in DynamoDB's JSON: what an event needs of it. */
const changeImage = z.object({
  id: text,
  object: text,
  version: number.pipe(z.int().min(1)),
  action: text.pipe(z.enum(['created', 'updated', 'deleted', 'restored', 'reverted', 'merged', 'unmerged'])),
  at: text.pipe(z.iso.datetime()),
  actorId: text,
  requestId: text,
  source: text,
  changes: z.object({ M: z.record(z.string(), z.unknown()) }).transform(({ M }) => Object.keys(M)),
  merge: mergeImage.optional(),
})
type ChangeImage = z.infer<typeof changeImage>

const eventTypes: Readonly<Record<ChangeImage['action'], RecordEventType>> = {
  created: 'RecordCreated',
  updated: 'RecordUpdated',
  reverted: 'RecordUpdated',
  deleted: 'RecordDeleted',
  restored: 'RecordRestored',
  merged: 'RecordsMerged',
  unmerged: 'RecordsUnmerged',
}

type Outgoing = { sequenceNumber: string; event: BusEvent }

let bus: Bus | undefined

/**
 * Puts committed changes on the bus. What is malformed or not taken is reported; the stream retries from the first of
 * these on, so later ones may go out twice: under the same id.
 */
export async function handler(stream: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  bus ??= openBus(required('BUS_NAME'))
  const tenant = readEnv().TENANT.name
  const log = createLogger({ tenant })
  const { failed, outgoing } = sorted(stream.Records, tenant, log)
  const refused = await publish(
    bus,
    outgoing.map(({ event }) => event),
  )
  if (refused.length > 0) log.warn('The bus did not take events', { count: refused.length })
  const unsent = refused.flatMap(i => outgoing[i]?.sequenceNumber ?? [])
  return { batchItemFailures: [...failed, ...unsent].map(itemIdentifier => ({ itemIdentifier })) }
}

/** Changes that make an event, and the places in the stream of those that do not. */
function sorted(records: readonly DynamoDBRecord[], tenant: string, log: Logger) {
  const failed: string[] = []
  const outgoing: Outgoing[] = []
  for (const { dynamodb } of records) {
    const sequenceNumber = dynamodb?.SequenceNumber ?? ''
    const image = changeImage.safeParse(dynamodb?.NewImage)
    if (image.success) outgoing.push({ sequenceNumber, event: toEvent(tenant, image.data) })
    if (image.success) continue
    failed.push(sequenceNumber)
    log.error('A change cannot be read', { sequenceNumber, keys: dynamodb?.Keys, issues: image.error.issues })
  }
  return { failed, outgoing }
}

function toEvent(tenant: string, image: ChangeImage): BusEvent {
  const { id: recordId, object, version, at, actorId, requestId, source, changes, merge } = image
  const id = `${recordId}#${version}`
  const about = { id, tenant, object, recordId, version }
  const detail: RecordChanged = {
    ...about,
    changedFields: changes,
    at,
    actorId,
    requestId,
    source,
    ...(merge && { merge }),
  }
  return { source: recordEventSource, detailType: eventTypes[image.action], detail, time: new Date(at) }
}

import { idInArn } from '#lib/access-log/record-parts.ts'
import type { AccessEntry, AccessItem, Claim } from '#lib/store/access-index.ts'
import type { Key } from '#lib/store/keys.ts'
import type { Partition } from '#lib/store/query.ts'
import type { AccessRecord } from '#schemas/events/access-recorded.ts'

/** 20: what a person looks at; the log file names all. */
const mostRecords = 20
/** 4: spreads the writes of a month over as many partitions, 1,000 a second each. */
const monthShards = 4
const secondsOfDay = 86_400

/** Who it is when nobody can be told. */
export const unknownActor = 'unknown'

/** Partitions of all accesses of a month (`yyyy-mm`). */
export function monthPartitions(month: string): Partition[] {
  return Array.from({ length: monthShards }, (_, shard) => ({ pk: `M#${month}#${shard}` }))
}

/** Where accesses to a record stand: those to it alone, and those that showed it among others. */
export function recordPartitions(id: string): Partition[] {
  return [{ index: 'byRecord', pk: id }, { pk: sharedPartition(id) }]
}

/** The partition of the accesses to several records of which this is one. */
const sharedPartition = (id: string): string => `R#${id}`

/** The entry of an access in a log file. */
function entryOf(record: AccessRecord, file: string): AccessEntry {
  const { userIdentity: who, additionalEventData: more, resources } = record
  const role = who.sessionContext?.sessionIssuer?.userName
  return {
    eventId: record.eventID,
    requestId: record.requestID,
    at: more.startedAt,
    action: record.eventName,
    actor: {
      type: who.type,
      // An empty one too: an index takes no empty key, and one bad record would hold up its whole batch.
      id: who.principalId || unknownActor,
      ...(who.userName !== undefined && { name: who.userName }),
      ...(role !== undefined && { role }),
      ...(who.invokedBy !== undefined && { via: who.invokedBy }),
    },
    sourceIp: record.sourceIPAddress,
    userAgent: record.userAgent,
    readOnly: record.readOnly,
    ...(more.status !== undefined && { status: more.status }),
    ...(record.errorCode !== undefined && { errorCode: record.errorCode }),
    records: resources.slice(0, mostRecords).map(({ ARN }) => idInArn(ARN)),
    recordCount: resources.length,
    file,
  }
}

/**
 * The item that says which file an access is in: one for each, by its time and id, in its month. By its indexes it is found
 * by who did it, by what was done, and by the record when it is only one.
 */
export function claimOf(record: AccessRecord, file: string, indexDays: number): Claim {
  const entry = entryOf(record, file)
  const shard = Number.parseInt(entry.eventId.slice(0, 4), 16) % monthShards
  const [recordId] = entry.records
  return {
    ...{ pk: `M#${entry.at.slice(0, 7)}#${shard}`, sk: sortOf(entry), ttl: expiry(entry, indexDays), file, entry },
    ...{ byActorPk: entry.actor.id, byActionPk: entry.action },
    ...(recordId && entry.recordCount === 1 && { byRecordPk: recordId }),
  }
}

/** The items by which an access to several records is found by each of them. */
export function accessItems(record: AccessRecord, file: string, indexDays: number): AccessItem[] {
  if (record.resources.length < 2) return []
  const entry = entryOf(record, file)
  const ttl = expiry(entry, indexDays)
  return record.resources.map(({ ARN }) => ({ ...recordKeyOf(record, entry, idInArn(ARN)), ttl, entry }))
}

/**
 * Where an access stands among those to a record. What merely showed the record among others (a page of a list, a part of
 * an export) is kept once a minute for each person and action: people page through the same lists all day.
 */
function recordKeyOf({ readOnly, requestParameters }: AccessRecord, entry: AccessEntry, id: string): Key {
  const isNamed = Object.values(requestParameters ?? {}).includes(id)
  const isShown = readOnly && !isNamed
  const sk = isShown ? `${entry.at.slice(0, 16)}#${entry.action}#${entry.actor.id}` : sortOf(entry)
  return { pk: sharedPartition(id), sk }
}

function sortOf({ at, eventId }: AccessEntry): string {
  return `${at}#${eventId}`
}

function expiry({ at }: AccessEntry, indexDays: number): number {
  return Math.floor(Date.parse(at) / 1000) + indexDays * secondsOfDay
}

import { textOf } from '#lib/records/owner-of.ts'
import { addDuration, parseDuration } from '#lib/refresh/duration.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** What staleness is judged by: the moment, and how often records of an object are to be verified when they do not say so. */
export type StaleAt = { now: Date; policy: VerifyPolicy }

/** The part of the tenant's policy that says how often records are verified: days by object name; an object not listed is never stale by itself. */
export type VerifyPolicy = {
  quality: { verifyEveryDays: Readonly<Record<string, number | undefined>> }
}

/** What of a record tells when it is due. */
export type Verified = Pick<StoredRecord, 'fields' | 'createdAt'>

const dayMs = 86_400_000

/** Whether nobody has verified the record within the time in which it should be. */
export function isStale(object: ObjectDefinition, record: Verified, { now, policy }: StaleAt): boolean {
  const due = verificationDue(object, record, policy)
  return due !== undefined && due.getTime() <= now.getTime()
}

/**
 * When the record is to be verified again: its last verification, else its creation, plus its own `verifyEvery`, else the
 * policy's days. Undefined when it never is: the object keeps no verifications, no span is set, or the span is nothing (P0D).
 */
export function verificationDue(object: ObjectDefinition, record: Verified, policy: VerifyPolicy): Date | undefined {
  if (!isVerifiable(object)) return undefined
  const { fields, createdAt } = record
  const since = new Date(textOf(fields['lastVerifiedAt']) ?? createdAt)
  const own = object.fields['verifyEvery'] ? textOf(fields['verifyEvery']) : undefined
  if (own !== undefined) {
    const span = parseDuration(own)
    return span && addDuration(since, span)
  }
  const days = policy.quality.verifyEveryDays[object.name]
  return days === undefined || days <= 0 ? undefined : inRange(new Date(since.getTime() + days * dayMs))
}

/** Whether records of the object are verified by people at all: it has a field for when that was. */
export function isVerifiable(object: ObjectDefinition): boolean {
  return object.fields['lastVerifiedAt']?.type === 'dateTime'
}

function inRange(date: Date): Date | undefined {
  return Number.isNaN(date.getTime()) ? undefined : date
}

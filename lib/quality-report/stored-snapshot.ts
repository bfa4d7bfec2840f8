import * as z from 'zod'
import type { StoredRecord } from '#lib/store/items.ts'

const count = z.number()
const tally = z.object({
  count,
  scoreSum: count,
  below: count,
  // Any name: a snapshot of before knows the rules of before.
  rules: z.record(z.string(), count),
})
const partSummary = z.object({
  total: tally,
  sources: z.record(z.string(), tally),
  months: z.record(z.string(), tally),
  byOwner: z.record(z.string(), tally).default({}),
})
const stored = z.object({
  runId: z.string(),
  takenAt: z.string(),
  threshold: z.number(),
  objects: z.record(z.string(), partSummary),
  owners: z.array(z.string()).default([]),
})

/** A part of a snapshot as it is kept. */
export type StoredSnapshot = z.infer<typeof stored>

/** A part of a snapshot out of its record. */
export function storedSnapshot({ fields }: Pick<StoredRecord, 'fields'>): StoredSnapshot {
  return stored.parse(fields)
}

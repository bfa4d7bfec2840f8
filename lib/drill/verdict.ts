import type { Store } from '#lib/store/table.ts'
import type { DrillReport } from '#schemas/api/backup-reports.ts'

/** What no known reason explains. */
export type Difference = DrillReport['examples'][number]

/** What looking at an item came to: the same in both tables, another for a known reason, or a difference. */
export type Verdict = 'equal' | { explained: 'changed_since' | 'in_flight' | 'purged_since' | 'notes' } | Difference

/** The tables that are compared, and the moment that the restored one is of. */
export type Sides = { live: Store; restored: Store; cutOffAt: string }

/** An item of the table. */
export type Item = Record<string, unknown>

/** 60 s: a change is given its time before its transaction is sent, and that is tried again for at most so long. */
const inFlightMs = 60_000

/** Why the backup has not what came at a moment; undefined when it should have it. */
export function cameAfter({ cutOffAt }: Sides, at: string): Verdict | undefined {
  const lateMs = Date.parse(at) - Date.parse(cutOffAt)
  if (lateMs > 0) return { explained: 'changed_since' }
  return lateMs > -inFlightMs ? { explained: 'in_flight' } : undefined
}

import type { Fix } from '#lib/quality/types.ts'
import type { JsonObject } from '#schemas/json.ts'

/** One line of a run's report. A dry run has the same lines as the real one. */
export type ReportItem =
  /** A record that was changed: the version it had, every change, and its score before and after. */
  | { kind: 'fixed'; object: string; id: string; version: number; fixes: Fix[]; before: number; after: number }
  /** A fix that would break a rule; the record stays as it is. */
  | { kind: 'refused'; object: string; id: string; version: number; fixes: Fix[]; code: string; detail: string }
  /** Somebody changed the record meanwhile. */
  | { kind: 'skipped'; object: string; id: string; version: number; fixes: Fix[]; code: string; detail: string }
  /** The record could not be evaluated. */
  | { kind: 'poisoned'; object: string; id: string; version: number; detail: string }
  /** Something a person must mend: an invalid address or number, a broken reference. */
  | { kind: 'finding'; object: string; id: string; rule: string; field?: string; detail: string; fix: string }
  /** Records that are likely one. */
  | { kind: 'duplicates'; object: string; id: string; members: string[]; verdict: string; score: number }
  /** Records that were made one, since nothing speaks against it. */
  | { kind: 'merged'; object: string; id: string; members: string[] }
  /** A record that is due to be verified, and what was done about it. */
  | { kind: 'refresh'; object: string; id: string; detail: JsonObject }
  /** A record deleted for good. */
  | { kind: 'purged'; object: string; id: string; deletedAt: string }

/** An item whose fix was worked out. */
export type FixedItem = Extract<ReportItem, { kind: 'fixed' }>

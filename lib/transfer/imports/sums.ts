import type { RowOutcome, SegmentResult, Tally } from '#lib/transfer/imports/import-files.ts'
import type { RowProblem } from '#schemas/api/jobs.ts'

/** What the segments of an import came to, added up. */
export type Sums = {
  rows: number
  tally: Tally
  filled: Record<string, number>
  reasons: Record<string, number>
  invalidPhones: number
  duplicates: number
  firstRejects: RowProblem[]
}

/** 20 rejected rows in the report itself; all of them are in the file of rejects. */
const mostFirst = 20

/** Nothing added up yet. */
export function noSums(): Sums {
  const tally = { created: 0, updated: 0, skipped: 0, rejected: 0 }
  return { rows: 0, tally, filled: {}, reasons: {}, invalidPhones: 0, duplicates: 0, firstRejects: [] }
}

/** Adds a segment. */
export function addUp(sums: Sums, result: SegmentResult): void {
  sums.rows += result.outcomes.length
  sums.invalidPhones += result.invalidPhones
  sums.duplicates += result.duplicates
  for (const [name, count] of Object.entries(result.filled)) sums.filled[name] = (sums.filled[name] ?? 0) + count
  for (const outcome of result.outcomes) addRow(sums, outcome)
}

/** A row with two bad e-mails counts once for that reason. */
function addRow(sums: Sums, { row, outcome, reasons = [] }: RowOutcome): void {
  sums.tally[outcome] += 1
  for (const code of new Set(reasons.map(reason => reason.code))) sums.reasons[code] = (sums.reasons[code] ?? 0) + 1
  const [first] = reasons
  if (outcome === 'rejected' && first && sums.firstRejects.length < mostFirst) sums.firstRejects.push({ row, ...first })
}

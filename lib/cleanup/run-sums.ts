import type { ReportItem } from '#lib/cleanup/items.ts'
import { addCounts, noCounts, type Segment, type SegmentCounts } from '#lib/cleanup/run-files.ts'
import { emptySummary, mergeSummaries, type QualitySummary } from '#lib/quality-report/summary.ts'
import type { CleanupReport } from '#schemas/api/maintenance.ts'

/** What the segments of a run come to, added up while its report is written. */
export type RunSums = {
  counts: SegmentCounts
  /** By object: scores before the fixes. */
  before: Record<string, SegmentCounts>
  summary: QualitySummary
  fixesByKind: Record<string, number>
  problems: CleanupReport['problems']
  purged: number
  merged: number
}

/** 20: enough to see what is wrong; the report's files have them all. */
const mostProblems = 20

/** Nothing yet. */
export function noSums(): RunSums {
  return {
    counts: noCounts(),
    before: {},
    summary: emptySummary(),
    fixesByKind: {},
    problems: [],
    purged: 0,
    merged: 0,
  }
}

/** Adds what a segment of an object came to. */
export function addSegment(sums: RunSums, object: string, { head, summary }: Segment): void {
  sums.counts = addCounts(sums.counts, head.counts)
  sums.before[object] = addCounts(sums.before[object] ?? noCounts(), head.counts)
  sums.summary = mergeSummaries(sums.summary, summary)
}

/** Adds a line of the report. */
export function addItem(sums: RunSums, item: ReportItem): void {
  if (item.kind === 'purged') sums.purged += 1
  if (item.kind === 'merged') sums.merged += 1
  if (item.kind === 'fixed')
    for (const { kind } of item.fixes) sums.fixesByKind[kind] = (sums.fixesByKind[kind] ?? 0) + 1
  if (sums.problems.length < mostProblems) sums.problems.push(...problemOf(item))
}

/** Scores of the objects and of all together, before and after. */
export function qualityOf({ before, summary, counts }: RunSums): CleanupReport['quality'] {
  const objects = Object.entries(before).map(([object, own]) => {
    const after = afterOf(summary, object)
    const scores = { before: mean(own.scoreBefore, own.scored), after: mean(after.scoreSum, after.count) }
    return [object, { ...scores, belowThreshold: after.below, records: own.scored }] as const
  })
  const all = Object.keys(summary).map(object => afterOf(summary, object))
  const total = (key: 'count' | 'scoreSum' | 'below') => all.reduce((sum, each) => sum + each[key], 0)
  return {
    before: mean(counts.scoreBefore, counts.scored),
    after: mean(total('scoreSum'), total('count')),
    belowThreshold: total('below'),
    objects: Object.fromEntries(objects),
  }
}

/** Records with a finding, by rule. */
export function findingsOf(summary: QualitySummary): Record<string, number> {
  const found: Record<string, number> = {}
  for (const owners of Object.values(summary))
    for (const { total } of Object.values(owners))
      for (const [rule, count] of Object.entries(total.rules)) found[rule] = (found[rule] ?? 0) + count
  return found
}

function afterOf(summary: QualitySummary, object: string) {
  const sum = { count: 0, scoreSum: 0, below: 0 }
  for (const { total } of Object.values(summary[object] ?? {})) {
    sum.count += total.count
    sum.scoreSum += total.scoreSum
    sum.below += total.below
  }
  return sum
}

/** To one decimal. */
function mean(sum: number, count: number): number | null {
  return count === 0 ? null : Math.round((sum / count) * 10) / 10
}

function problemOf(item: ReportItem): CleanupReport['problems'] {
  if (item.kind === 'poisoned') return [{ code: 'poisoned', id: item.id, detail: item.detail }]
  if (item.kind === 'skipped' || item.kind === 'refused') return [{ code: item.code, id: item.id, detail: item.detail }]
  if (item.kind === 'refresh' && item.detail['outcome'] === 'failed')
    return [{ code: 'task_refused', id: item.id, detail: String(item.detail['problem']) }]
  return []
}

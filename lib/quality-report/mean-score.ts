import { addTallies, emptyTally, type QualitySummary, type Tally } from '#lib/quality-report/summary.ts'

/** The mean score of a tally's records with one decimal, 0 to 100; 0 of no records. */
export function scoreOf({ count, scoreSum }: Pick<Tally, 'count' | 'scoreSum'>): number {
  return count === 0 ? 0 : Math.round((scoreSum * 10) / count) / 10
}

/** The mean score of all records of a summary, with one decimal; 0 of no records. */
export function meanScore(summary: QualitySummary): number {
  const totals = Object.values(summary).flatMap(owners => Object.values(owners).map(({ total }) => total))
  return scoreOf(totals.reduce(addTallies, emptyTally()))
}

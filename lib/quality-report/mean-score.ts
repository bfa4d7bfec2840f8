import type { Tally } from '#lib/quality-report/summary.ts'

/** The mean score of a tally's records with one decimal, 0 to 100; 0 of no records. */
export function scoreOf({ count, scoreSum }: Pick<Tally, 'count' | 'scoreSum'>): number {
  return count === 0 ? 0 : Math.round((scoreSum * 10) / count) / 10
}

import {
  addOwners,
  addTallies,
  noKey,
  type OwnerSummary,
  otherKey,
  type PartSums,
  type Tally,
} from '#lib/quality-report/summary.ts'

/** 24: two years of months, each for itself. */
const mostMonths = 24
/** 60: more sources than a list to choose from has. */
const mostSources = 60
/** Key of the months before the last 24. */
export const earlierKey = 'earlier'

/** The owners with the most records, each for itself, and the rest as `other`. */
export function boundOwners(owners: Record<string, OwnerSummary>, kept: ReadonlySet<string>) {
  return folded(owners, addOwners, key => (kept.has(key) || key === noKey ? key : otherKey))
}

/** Sums that fit into a record whatever the records are: the last months and the largest sources. */
export function boundSums({ total, sources, months }: PartSums): PartSums {
  const newest = new Set(Object.keys(months).toSorted().slice(-mostMonths))
  return {
    total,
    sources: boundTallies(sources, mostSources),
    months: folded(months, addTallies, key => (newest.has(key) ? key : earlierKey)),
  }
}

/** The tallies with the most records, each for itself, and the rest as `other`. */
export function boundTallies(tallies: Record<string, Tally>, most: number): Record<string, Tally> {
  const largest = new Set(largestKeys(tallies, most))
  return folded(tallies, addTallies, key => (largest.has(key) || key === noKey ? key : otherKey))
}

/** Keys of the tallies with the most records; the first in the alphabet of equal ones. */
export function largestKeys(tallies: Record<string, Pick<Tally, 'count'>>, most: number): string[] {
  return Object.entries(tallies)
    .toSorted(([a, x], [b, y]) => y.count - x.count || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([key]) => key)
}

function folded<T>(
  parts: Record<string, T>,
  add: (x: T, y: T) => T,
  keyOf: (key: string) => string,
): Record<string, T> {
  const sums = new Map<string, T>()
  for (const [key, part] of Object.entries(parts)) {
    const to = keyOf(key)
    const known = sums.get(to)
    sums.set(to, known === undefined ? part : add(known, part))
  }
  return Object.fromEntries(sums)
}

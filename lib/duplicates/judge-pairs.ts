import type { PairList } from '#lib/duplicates/candidates.ts'
import type { Comparison } from '#lib/duplicates/comparisons/comparison.ts'
import type { Outcomes } from '#lib/duplicates/score.ts'
import type { Comparable } from '#lib/duplicates/types.ts'

/** Pairs with the same levels; there are few patterns, however many the pairs. */
export type Pattern = { outcomes: Outcomes; count: number }

/** What comparing pairs gave. */
export type JudgedPairs = {
  patterns: readonly Pattern[]
  /** The pattern of a pair, by the pair's position. */
  patternAt(index: number): Pattern | undefined
  /** The outcomes of a pair with the values it shares; compared anew, since keeping them for millions of pairs costs more. */
  outcomesAt(index: number): Outcomes
}

/** Compares pairs in every respect. */
export function judgePairs(
  comparisons: readonly Comparison[],
  records: readonly Comparable[],
  pairs: PairList,
): JudgedPairs {
  const judges = comparisons.map(comparison => comparison.open(records))
  const codes = comparisons.map(({ levels }) => new Map(levels.map((level, i) => [level, i + 1])))
  const patterns = new Map<number, { pattern: Pattern; index: number }>()
  const patternOf = new Uint32Array(pairs.length)
  const outcomesAt = (index: number) => {
    const [i, j] = pairs.at(index)
    return judges.map(judge => judge(i, j))
  }
  for (let at = 0; at < pairs.length; at++) {
    const outcomes = outcomesAt(at)
    const code = codeOf(codes, outcomes)
    const known = patterns.get(code)
    if (known) known.pattern.count++
    else patterns.set(code, { pattern: { outcomes: withoutValues(outcomes), count: 1 }, index: patterns.size })
    patternOf[at] = known?.index ?? patterns.size - 1
  }
  const all = [...patterns.values()].map(({ pattern }) => pattern)
  return { patterns: sorted(patterns), patternAt: index => all[patternOf[index] ?? 0], outcomesAt }
}

/** Levels as one number, each a digit; none is zero. */
function codeOf(codes: readonly ReadonlyMap<string, number>[], outcomes: Outcomes): number {
  let code = 0
  for (let i = 0; i < codes.length; i++) {
    const levels = codes[i]
    const outcome = outcomes[i]
    code = code * ((levels?.size ?? 0) + 1) + ((outcome && levels?.get(outcome.level)) ?? 0)
  }
  return code
}

function withoutValues(outcomes: Outcomes): Outcomes {
  return outcomes.map(outcome => outcome && { level: outcome.level })
}

/** In an order of their own: sums must not depend on which pair came first. */
function sorted(patterns: ReadonlyMap<number, { pattern: Pattern }>): Pattern[] {
  return [...patterns].sort(([a], [b]) => a - b).map(([, { pattern }]) => pattern)
}

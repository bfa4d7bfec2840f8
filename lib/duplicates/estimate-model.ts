import { type Blocks, sizeOf } from '#lib/duplicates/candidates.ts'
import type { Comparison } from '#lib/duplicates/comparisons/comparison.ts'
import { fingerprint } from '#lib/duplicates/fingerprint.ts'
import type { Pattern } from '#lib/duplicates/judge-pairs.ts'
import { type Outcomes, relationBits, sharesOf } from '#lib/duplicates/score.ts'
import type { Comparable, ComparisonModel, DuplicateModel } from '#lib/duplicates/types.ts'
import type { JsonObject } from '#schemas/json.ts'

/** 40 pairs: what the default model counts for against the data, so that few data change little. */
const priorPairs = 40
/** How much the default counts in addition, by the pairs of a relation: what is one thing must not drift to mean something else. */
const lean = { same: 0.5, other: 0.1 }
/** 25 rounds: estimates have settled by then. */
const rounds = 25
/** Values held by at least this many records are counted one by one. */
const frequentFrom = 3
/** 500 values of a comparison: bounds the model's size. */
const maxFrequent = 500

/**
 * Estimates by expectation maximisation how likely each relation makes each outcome, from the outcomes of pairs;
 * it starts from a model and leans on it.
 */
export function estimateModel(
  start: DuplicateModel,
  comparisons: readonly Comparison[],
  patterns: readonly Pattern[],
): DuplicateModel {
  let model = start
  for (let round = 0; round < rounds; round++) model = nextModel({ start, model, comparisons }, patterns)
  return model
}

/** How common the values are, told by the match keys: so the model tells a rare name from a common one. */
export function withFrequencies(
  model: DuplicateModel,
  comparisons: readonly Comparison[],
  { blocks, records }: { blocks: Blocks; records: readonly Comparable[] },
): DuplicateModel {
  const entries = comparisons.flatMap(({ name, key, countedOf }): [string, ComparisonModel][] => {
    const values = countedOf ? countValues(records, countedOf) : sizesOf(key && blocks.get(key))
    const before = model.comparisons[name]
    return values && before ? [[name, { ...before, ...frequenciesOf(values, records.length) }]] : []
  })
  return { ...model, comparisons: { ...model.comparisons, ...Object.fromEntries(entries) } }
}

type Step = { start: DuplicateModel; model: DuplicateModel; comparisons: readonly Comparison[] }

function nextModel({ start, model, comparisons }: Step, patterns: readonly Pattern[]): DuplicateModel {
  const bitsOf = relationBits(
    model,
    comparisons.map(({ name }) => name),
  )
  const weighted = patterns.map(({ outcomes, count }) => ({
    outcomes,
    counts: sharesOf(bitsOf(outcomes)).map(share => share * count),
  }))
  const entries = comparisons.map((comparison, i): [string, ComparisonModel] => {
    const before = start.comparisons[comparison.name] ?? { levels: {}, frequent: {}, rare: 1, typical: 1 }
    return [comparison.name, { ...before, levels: nextLevels(start, before, countLevels(weighted, i)) }]
  })
  const total = weighted.flatMap(({ counts }) => counts).reduce((sum, count) => sum + count, 0)
  const relations = start.relations.map((relation, i) => {
    const count = weighted.reduce((sum, { counts }) => sum + (counts[i] ?? 0), 0)
    const share = (count + relation.share * priorPairs) / (total + priorPairs)
    return { ...relation, share: relation.isRare ? Math.min(share, relation.share) : share }
  })
  return { ...start, relations, comparisons: Object.fromEntries(entries) }
}

type Weighted = { outcomes: Outcomes; counts: number[] }

/** Expected pairs by level, for each relation. */
function countLevels(weighted: readonly Weighted[], at: number): Map<string, number[]> {
  const levels = new Map<string, number[]>()
  for (const { outcomes, counts } of weighted) {
    const level = outcomes[at]?.level
    if (level === undefined) continue
    const sums = levels.get(level) ?? counts.map(() => 0)
    levels.set(
      level,
      sums.map((sum, i) => sum + (counts[i] ?? 0)),
    )
  }
  return levels
}

function nextLevels(
  start: DuplicateModel,
  before: ComparisonModel,
  counted: Map<string, number[]>,
): Record<string, number[]> {
  const totals = start.relations.map((_, i) => [...counted.values()].reduce((sum, counts) => sum + (counts[i] ?? 0), 0))
  const levels = Object.entries(before.levels).map(([level, chances]): [string, number[]] => [
    level,
    chances.map((chance, i) => {
      const total = totals[i] ?? 0
      const prior = priorPairs + total * (start.relations[i]?.isSame ? lean.same : lean.other)
      return ((counted.get(level)?.[i] ?? 0) + chance * prior) / (total + prior)
    }),
  ])
  return Object.fromEntries(levels)
}

function sizesOf(values: ReadonlyMap<string, number | readonly number[]> | undefined): [string, number][] | undefined {
  if (!values) return undefined
  const shared: [string, number][] = []
  for (const [value, members] of values) if (sizeOf(members) > 1) shared.push([value, sizeOf(members)])
  return shared
}

function countValues(
  records: readonly Comparable[],
  countedOf: (fields: JsonObject) => string | undefined,
): [string, number][] {
  const counts = new Map<string, number>()
  for (const { fields } of records) {
    const value = countedOf(fields)
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return [...counts]
}

function frequenciesOf(
  values: readonly [string, number][],
  records: number,
): Pick<ComparisonModel, 'frequent' | 'rare' | 'typical'> {
  const common = values.filter(([, count]) => count >= frequentFrom)
  const top = common.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, maxFrequent)
  return {
    frequent: Object.fromEntries(top.map(([value, count]) => [fingerprint(value), count / records])),
    rare: 1.5 / records,
    typical: typicalOf(values.flatMap(([, count]) => (count > 1 ? count : []))) / records,
  }
}

/** The count of the value that half of all agreeing pairs agree on or a rarer one. */
function typicalOf(counts: readonly number[]): number {
  const sorted = counts.toSorted((a, b) => a - b)
  const half = sorted.reduce((sum, count) => sum + pairsOf(count), 0) / 2
  let seen = 0
  for (const count of sorted) {
    seen += pairsOf(count)
    if (seen >= half) return count
  }
  return 1.5
}

function pairsOf(count: number): number {
  return (count * (count - 1)) / 2
}

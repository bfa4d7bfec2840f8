import type { Comparison } from '#lib/duplicates/comparisons/comparison.ts'
import { comparisonsOf } from '#lib/duplicates/comparisons-of.ts'
import { sentenceOf } from '#lib/duplicates/reasons.ts'
import { type Outcomes, type Scorer, scorerOf } from '#lib/duplicates/score.ts'
import type { Comparable, DuplicateModel, DuplicatePair, Reason } from '#lib/duplicates/types.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** Two records, the one with the smaller id first. */
export type Pair = readonly [Comparable, Comparable]

/** Compares two records; undefined when they are not likely one. Their order does not matter. */
export function comparePair(
  object: ObjectDefinition,
  model: DuplicateModel,
  [x, y]: [Comparable, Comparable],
): DuplicatePair | undefined {
  const [a, b] = x.id < y.id ? [x, y] : [y, x]
  const outcomes = comparisonsOf(object).map(comparison => comparison.open([a, b])(0, 1))
  return pairReporter(object, model).report([a, b], outcomes)
}

/** A model made ready to report pairs. */
export type PairReporter = {
  /** A pair of these outcomes; undefined below the threshold for a suggestion. */
  report(pair: Pair, outcomes: Outcomes): DuplicatePair | undefined
  /** Whether outcomes with these levels can be reported, however rare the values they share. */
  mayReport(outcomes: Outcomes): boolean
}

const reporters = new WeakMap<DuplicateModel, PairReporter>()

/** Makes a model ready to report pairs, once. */
export function pairReporter(object: ObjectDefinition, model: DuplicateModel): PairReporter {
  const reporter = reporters.get(model) ?? createReporter(object, model)
  reporters.set(model, reporter)
  return reporter
}

function createReporter(object: ObjectDefinition, model: DuplicateModel): PairReporter {
  const { merge, suggest } = model.thresholds
  const comparisons = comparisonsOf(object)
  const scorer = scorerOf(model, comparisons)
  return {
    mayReport: outcomes => scorer.mostChance(outcomes) >= suggest,
    report([a, b], outcomes) {
      const chance = scorer.chance(outcomes)
      if (chance < suggest) return undefined
      const isCertain = chance >= merge && !isContradicted(comparisons, outcomes)
      return {
        a: a.id,
        b: b.id,
        score: rounded(chance, 6),
        verdict: isCertain ? 'merge' : 'suggest',
        reasons: reasonsOf(scorer, comparisons, outcomes),
      }
    },
  }
}

function reasonsOf(scorer: Scorer, comparisons: readonly Comparison[], outcomes: Outcomes): Reason[] {
  const weights = scorer.weights(outcomes)
  const reasons = comparisons.flatMap(({ name, field }, i): Reason[] => {
    const outcome = outcomes[i]
    if (!outcome) return []
    const weight = rounded(weights[i] ?? 0, 2)
    return [{ field, code: `${name}.${outcome.level}`, detail: sentenceOf(name, outcome.level), weight }]
  })
  return reasons.sort((x, y) => Math.abs(y.weight) - Math.abs(x.weight) || (x.code < y.code ? -1 : 1))
}

/** A namesake may share name, employer and more, but not the number or account that names one person. */
function isContradicted(comparisons: readonly Comparison[], outcomes: Outcomes): boolean {
  return comparisons.some(({ isIdentity }, i) => isIdentity && outcomes[i]?.level === 'different')
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}

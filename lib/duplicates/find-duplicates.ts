import { candidatesOf } from '#lib/duplicates/candidates.ts'
import { pairReporter } from '#lib/duplicates/compare.ts'
import { comparisonsOf } from '#lib/duplicates/comparisons-of.ts'
import { defaultModel } from '#lib/duplicates/default-model.ts'
import { estimateModel, withFrequencies } from '#lib/duplicates/estimate-model.ts'
import { judgePairs } from '#lib/duplicates/judge-pairs.ts'
import type { Comparable, DuplicatePair, DuplicateReport, FindOptions } from '#lib/duplicates/types.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/**
 * Finds likely duplicates among records of an object, whatever their order.
 * Without a model it estimates one from these records. Keys held by more records than their limit (key-limit.ts; at most `keyLimit`) are skipped and reported.
 */
export function findDuplicates(
  object: ObjectDefinition,
  records: Iterable<Comparable>,
  { model, keyLimit }: FindOptions = {},
): DuplicateReport {
  const all = [...records].sort((a, b) => (a.id < b.id ? -1 : 1))
  const comparisons = comparisonsOf(object)
  const { pairs, skippedKeys, blocks } = candidatesOf(object, all, keyLimit)
  const judged = judgePairs(comparisons, all, pairs)
  const learn = () => {
    const estimated = estimateModel(defaultModel(object), comparisons, judged.patterns)
    return withFrequencies(estimated, comparisons, { blocks, records: all })
  }
  const used = model ?? learn()
  const reporter = pairReporter(object, used)
  const likely = new Set(judged.patterns.filter(({ outcomes }) => reporter.mayReport(outcomes)))
  const found: DuplicatePair[] = []
  for (let at = 0; at < pairs.length; at++) {
    const pattern = judged.patternAt(at)
    const [a, b] = pairs.at(at).map(position => all[position])
    const pair = pattern && likely.has(pattern) && a && b ? reporter.report([a, b], judged.outcomesAt(at)) : undefined
    if (pair) found.push(pair)
  }
  return { pairs: found.sort(bestFirst), skippedKeys, compared: pairs.length, model: used }
}

function bestFirst(x: DuplicatePair, y: DuplicatePair): number {
  if (x.score !== y.score) return y.score - x.score
  if (x.a !== y.a) return x.a < y.a ? -1 : 1
  return x.b < y.b ? -1 : 1
}

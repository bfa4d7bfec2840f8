import type { Comparison, Outcome } from '#lib/duplicates/comparisons/comparison.ts'
import { fingerprint } from '#lib/duplicates/fingerprint.ts'
import type { ComparisonModel, DuplicateModel } from '#lib/duplicates/types.ts'

/** Outcomes of all comparisons of an object for one pair, in their order; none where a record says nothing. */
export type Outcomes = readonly (Outcome | undefined)[]

/** A model made ready for many pairs. */
export type Scorer = {
  /** Chance from 0 to 1 that the pair is one thing. */
  chance(outcomes: Outcomes): number
  /** The greatest chance that outcomes of these levels may have, if the values they share are as rare as can be. */
  mostChance(outcomes: Outcomes): number
  /** What each outcome adds in bits, against the likeliest other explanation. */
  weights(outcomes: Outcomes): number[]
}

/** 5 bits: a rare value says this much more than a usual one, a common one this much less. */
const maxRarityBits = 5

/** 100,000 values whose rarity is remembered: bounds what a model that is long in use holds. */
const maxKnown = 100_000

/** Makes a model ready: every relation explains outcomes more or less well (Fellegi and Sunter, with several ways to match and not to). */
export function scorerOf(model: DuplicateModel, comparisons: readonly Comparison[]): Scorer {
  const bitsOf = relationBits(
    model,
    comparisons.map(({ name }) => name),
  )
  const rarities = comparisons.map(({ name }) => rarityOf(model.comparisons[name]))
  const rarity = (outcomes: Outcomes, at: number) => rarities[at]?.(outcomes[at]?.value) ?? 0
  const isShared = comparisons.map(({ name }) => model.relations.map(({ shares }) => shares.includes(name)))
  const explain = (outcomes: Outcomes) => {
    const bits = bitsOf(outcomes)
    for (let i = 0; i < outcomes.length; i++) {
      const rare = rarity(outcomes, i)
      if (rare !== 0) for (let k = 0; k < bits.length; k++) if (isShared[i]?.[k]) bits[k] = (bits[k] ?? 0) + rare
    }
    return bits
  }
  return {
    chance: outcomes => sameShare(model, explain(outcomes)),
    mostChance(outcomes) {
      const told = comparisons.filter(({ key, countedOf }, i) => outcomes[i] && (key !== undefined || countedOf)).length
      const bits = bitsOf(outcomes).map((value, k) => value + (model.relations[k]?.isSame ? told * maxRarityBits : 0))
      return sameShare(model, bits)
    },
    weights(outcomes) {
      const { same, other } = likeliest(model, explain(outcomes))
      return outcomes.map((outcome, i) => {
        const chances = outcome && model.comparisons[comparisons[i]?.name ?? '']?.levels[outcome.level]
        const surprise = Number(isShared[i]?.[same] ?? false) - Number(isShared[i]?.[other] ?? false)
        return chances ? Math.log2((chances[same] ?? 1) / (chances[other] ?? 1)) + surprise * rarity(outcomes, i) : 0
      })
    },
  }
}

/** A function that tells how well each relation explains outcomes, in bits, its own share included. */
export function relationBits(
  model: DuplicateModel,
  comparisons: readonly string[],
): (outcomes: readonly ({ level: string } | undefined)[]) => number[] {
  const shares = model.relations.map(({ share }) => Math.log2(share))
  const tables = comparisons.map(name => {
    const levels = Object.entries(model.comparisons[name]?.levels ?? {})
    return new Map(levels.map(([level, chances]) => [level, chances.map(chance => Math.log2(chance))]))
  })
  return outcomes => {
    const bits = [...shares]
    for (let i = 0; i < outcomes.length; i++) {
      const outcome = outcomes[i]
      const logs = outcome && tables[i]?.get(outcome.level)
      if (logs) for (let k = 0; k < bits.length; k++) bits[k] = (bits[k] ?? 0) + (logs[k] ?? 0)
    }
    return bits
  }
}

/** Bits as shares that add up to one. */
export function sharesOf(bits: readonly number[]): number[] {
  const most = Math.max(...bits)
  const powers = bits.map(value => 2 ** (value - most))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map(power => power / sum)
}

function sameShare(model: DuplicateModel, bits: readonly number[]): number {
  const shares = sharesOf(bits)
  let same = 0
  for (let i = 0; i < shares.length; i++) if (model.relations[i]?.isSame) same += shares[i] ?? 0
  return same
}

function likeliest(model: DuplicateModel, bits: readonly number[]): { same: number; other: number } {
  const best = (isSame: boolean) => {
    const positions = model.relations.flatMap((relation, i) => (relation.isSame === isSame ? [i] : []))
    return positions.reduce((a, b) => ((bits[b] ?? 0) > (bits[a] ?? 0) ? b : a), positions[0] ?? 0)
  }
  return { same: best(true), other: best(false) }
}

/** Tells in bits how much more than usual it says that two records agree on a value. */
function rarityOf(model: ComparisonModel | undefined): (value: string | undefined) => number {
  const known = new Map<string, number>()
  return value => {
    if (!model || value === undefined) return 0
    const cached = known.get(value)
    if (cached !== undefined) return cached
    const share = model.frequent[fingerprint(value)] ?? model.rare
    const bits = Math.max(-maxRarityBits, Math.min(maxRarityBits, Math.log2(model.typical / share)))
    if (known.size >= maxKnown) known.clear()
    known.set(value, bits)
    return bits
  }
}

import { comparisonsOf } from '#lib/duplicates/comparisons-of.ts'
import { companyRelations, type DefaultRelation, levelChances, personRelations } from '#lib/duplicates/relations.ts'
import type { ComparisonModel, DuplicateModel } from '#lib/duplicates/types.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** Raised when levels or their meaning change: an older model then no longer applies. */
const modelVersion = 1

/** The model used until a tenant's own data have given a better one. */
export function defaultModel(object: ObjectDefinition): DuplicateModel {
  const comparisons = comparisonsOf(object)
  const relations = comparisons.some(({ name }) => name === 'personName') ? personRelations : companyRelations
  return {
    version: modelVersion,
    object: object.name,
    relations: relations.map(({ profile, ...relation }) => ({ ...relation, shares: sharedBy(relation, profile) })),
    thresholds: { merge: 0.99, suggest: 0.5 },
    comparisons: Object.fromEntries(
      comparisons.map(({ name, levels }): [string, ComparisonModel] => [
        name,
        { levels: chancesOf(name, levels, relations), frequent: {}, rare: 1, typical: 1 },
      ]),
    ),
  }
}

/** Two things with the same name have it by coincidence; all else that they mostly agree on they share. */
function sharedBy({ isSame }: { isSame: boolean }, profile: DefaultRelation['profile']): string[] {
  return Object.entries(profile).flatMap(([name, alike]) => {
    const isShared = (typeof alike === 'number' ? alike : alike.alike) >= 0.75
    return isShared && (isSame || !['personName', 'companyName'].includes(name)) ? [name] : []
  })
}

function chancesOf(
  comparison: string,
  levels: readonly string[],
  relations: readonly DefaultRelation[],
): Record<string, number[]> {
  const columns = relations.map(({ profile }) => columnOf(comparison, levels, profile[comparison] ?? 0))
  return Object.fromEntries(levels.map((level, i) => [level, columns.map(column => column[i] ?? 0)]))
}

function columnOf(
  comparison: string,
  levels: readonly string[],
  profile: DefaultRelation['profile'][string],
): number[] {
  const { alike, ...own } = typeof profile === 'number' ? { alike: profile } : profile
  const { same, chance } = levelChances[comparison] ?? { same: {}, chance: {} }
  const told: Record<string, number> = own
  const raw = levels.map(
    level =>
      told[level] ?? alike * (same[level] ?? 1 / levels.length) + (1 - alike) * (chance[level] ?? 1 / levels.length),
  )
  const sum = raw.reduce((total, value) => total + value, 0)
  return raw.map(value => value / sum)
}

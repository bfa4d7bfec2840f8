import { keyLimitOf } from '#lib/duplicates/key-limit.ts'
import type { DuplicateModel, DuplicatePair } from '#lib/duplicates/types.ts'
import type { MatchKey } from '#lib/records/match-keys.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readMatches } from '#lib/store/match.ts'
import { readRecords } from '#lib/store/read.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** A record's likely duplicates, and every record it was compared with. */
export type Found = { pairs: DuplicatePair[]; compared: Map<string, StoredRecord> }

const models = new WeakMap<ObjectDefinition, DuplicateModel>()

/** Finds the likely duplicates of a record by the match keys that it shares with others; `kinds` limits which keys. */
export async function findPairs(
  ctx: Pick<Context, 'store'>,
  object: ObjectDefinition,
  record: Pick<StoredRecord, 'id' | 'fields'>,
  kinds?: ReadonlySet<MatchKey['kind']>,
): Promise<Found> {
  const { matchKeys } = await import('#lib/records/match-keys.ts')
  const keys = matchKeys(object, record.fields).filter(({ kind }) => kinds?.has(kind) ?? true)
  const sharing = await Promise.all(
    keys.map(async key => {
      const limit = keyLimitOf(key.kind)
      const found = await readMatches(ctx.store, object.name, key, limit + 1)
      return found.length > limit ? [] : found
    }),
  )
  const ids = sharing.flat()
  const others = new Set(ids.filter(id => id !== record.id))
  const compared = others.size === 0 ? new Map<string, StoredRecord>() : await readRecords(ctx.store, [...others])
  for (const [id, { deletedAt }] of compared) if (deletedAt !== undefined) compared.delete(id)
  if (compared.size === 0) return { pairs: [], compared }
  // The comparisons are not loaded with the function: most records are like no other.
  const { comparePair } = await import('#lib/duplicates/compare.ts')
  const model = await modelFor(object)
  const pairs = [...compared.values()].flatMap(other => comparePair(object, model, [record, other]) ?? [])
  return { pairs, compared }
}

/** The model that records of an object are compared by, one at a time or all together. */
export async function modelFor(object: ObjectDefinition): Promise<DuplicateModel> {
  const { defaultModel } = await import('#lib/duplicates/default-model.ts')
  const model = models.get(object) ?? defaultModel(object)
  models.set(object, model)
  return model
}

/** Whether records of an object can be compared at all. */
export function isComparable(object: ObjectDefinition): boolean {
  return !object.system && Object.values(object.fields).some(({ matchOn }) => matchOn !== undefined)
}

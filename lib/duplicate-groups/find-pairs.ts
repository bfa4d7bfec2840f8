import { keyLimitOf } from '#lib/duplicates/key-limit.ts'
import type { DuplicateModel, DuplicatePair } from '#lib/duplicates/types.ts'
import type { MatchKey } from '#lib/records/match-keys.ts'
import type { Context } from '#lib/runtime/context.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readMatches } from '#lib/store/match.ts'
import { readRecords } from '#lib/store/read.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** A record's likely duplicates, and every record it was compared with. */
export type Found = { pairs: DuplicatePair[]; compared: Map<string, StoredRecord> }

const models = new WeakMap<ObjectDefinition, DuplicateModel>()

/** A record as far as it is compared. */
type Compared = Pick<StoredRecord, 'id' | 'fields'>

/** 32 queries under way keep the table busy. */
const parallel = 32

/** Finds the likely duplicates of a record by the match keys that it shares with others; `kinds` limits which keys. */
export async function findPairs(
  ctx: Pick<Context, 'store'>,
  object: ObjectDefinition,
  record: Compared,
  kinds?: ReadonlySet<MatchKey['kind']>,
): Promise<Found> {
  const found = await findPairsOfAll(ctx, object, { records: [record], kinds })
  return found.get(record.id) ?? { pairs: [], compared: new Map() }
}

/** The same for many records at once, by id: a key that several of them share is looked up once. */
export async function findPairsOfAll(
  ctx: Pick<Context, 'store'>,
  object: ObjectDefinition,
  { records, kinds }: { records: readonly Compared[]; kinds?: ReadonlySet<MatchKey['kind']> | undefined },
): Promise<Map<string, Found>> {
  const { matchKeys } = await import('#lib/records/match-keys.ts')
  const keys = records.map(({ fields }) => matchKeys(object, fields).filter(({ kind }) => kinds?.has(kind) ?? true))
  const sharers = await readSharers(ctx.store, object, keys.flat())
  const sharing = records.map(({ id }, i) => othersOf(id, keys[i] ?? [], sharers))
  const ids = sharing.flat()
  const others = ids.length === 0 ? new Map<string, StoredRecord>() : await readRecords(ctx.store, ids)
  const found = await Promise.all(
    records.map(async (record, i) => {
      const alive = (sharing[i] ?? []).flatMap(id => others.get(id) ?? []).filter(other => !other.deletedAt)
      return [record.id, await compare(object, record, alive)] as const
    }),
  )
  return new Map(found)
}

async function compare(object: ObjectDefinition, record: Compared, others: readonly StoredRecord[]): Promise<Found> {
  const compared = new Map(others.map(other => [other.id, other]))
  if (compared.size === 0) return { pairs: [], compared }
  // The comparisons are not loaded with the function: most records are like no other.
  const { comparePair } = await import('#lib/duplicates/compare.ts')
  const model = await modelFor(object)
  const pairs = [...compared.values()].flatMap(other => comparePair(object, model, [record, other]) ?? [])
  return { pairs, compared }
}

/** Ids by key; none for a key that too many share to say anything. */
async function readSharers(
  store: Context['store'],
  object: ObjectDefinition,
  keys: readonly MatchKey[],
): Promise<Map<string, string[]>> {
  const sharers = new Map<string, string[]>()
  await inParallel(new Map(keys.map(key => [textOf(key), key])), parallel, async ([text, key]) => {
    const limit = keyLimitOf(key.kind)
    const ids = await readMatches(store, object.name, key, limit + 1)
    sharers.set(text, ids.length > limit ? [] : ids)
  })
  return sharers
}

function othersOf(id: string, keys: readonly MatchKey[], sharers: ReadonlyMap<string, string[]>): string[] {
  const ids = new Set(keys.flatMap(key => sharers.get(textOf(key)) ?? []))
  ids.delete(id)
  return [...ids]
}

function textOf({ kind, value }: MatchKey): string {
  return `${kind} ${value}`
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

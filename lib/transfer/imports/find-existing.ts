import { comparePair } from '#lib/duplicates/compare.ts'
import { defaultModel } from '#lib/duplicates/default-model.ts'
import { allows, recordRule } from '#lib/permissions/rules.ts'
import type { CompiledObject } from '#lib/records/compile.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecords } from '#lib/store/read.ts'
import { type KeyIndex, keysOf, openKeyIndex } from '#lib/transfer/imports/key-index.ts'

/** A record that a row is about, and why we think so. */
export type Existing = { record: StoredRecord; because: string }

/** Finds the records that rows are about among those stored and those of earlier rows. */
export type Finder = {
  /** Reads what `find` will need for these states, in as few calls as that takes. */
  prefetch(states: readonly StoredRecord[]): Promise<void>
  /** The record that a state prefetched before is about. */
  find(state: StoredRecord): Existing | undefined
  /** Takes in what a row made of a record. */
  remember(record: StoredRecord): void
  /** Takes back what was remembered of a record that was not written after all. */
  forget(id: string): void
}

/** Opens a finder over the records that the actor may see; it keeps what it has read, so open one for each segment. */
export function openFinder(ctx: Context, object: CompiledObject): Finder {
  const index = openKeyIndex(ctx, object)
  const records = new Map<string, StoredRecord>()
  const rule = recordRule(ctx.actor, object.definition, 'read')
  const seen = (id: string): StoredRecord[] => {
    const record = records.get(id)
    return record && record.deletedAt === undefined && allows(rule, record) ? [record] : []
  }
  const byUnique = uniqueFinder(object, index, seen)
  const byLikeness = likenessFinder(object, index, seen)
  const readAll = async (ids: readonly string[]) => {
    const missing = ids.filter(id => !records.has(id))
    for (const [id, record] of await readRecords(ctx.store, missing)) if (!records.has(id)) records.set(id, record)
  }
  return {
    async prefetch(states) {
      await readAll(await index.readHolders(states))
      // Who is found by a key of its own needs no look at those who are merely alike.
      await readAll(await index.readSharers(states.filter(state => byUnique(state) === undefined)))
    },
    find: state => byUnique(state) ?? byLikeness(state),
    remember(record) {
      records.set(record.id, record)
      index.add(record)
    },
    forget: id => records.delete(id),
  }
}

type Seen = (id: string) => StoredRecord[]

/** By a value that no two records share: an external id, a tax id. */
function uniqueFinder(object: CompiledObject, index: KeyIndex, seen: Seen) {
  return (state: StoredRecord): Existing | undefined => {
    for (const unique of keysOf(object, state).claim)
      for (const id of index.holders(unique)) {
        const [record] = id === state.id ? [] : seen(id)
        if (record) return { record, because: `${unique.field} is ${unique.value} there too.` }
      }
    return undefined
  }
}

/** By being so alike that nobody need be asked. */
function likenessFinder(object: CompiledObject, index: KeyIndex, seen: Seen) {
  const { definition } = object
  const model = defaultModel(definition)
  return (state: StoredRecord): Existing | undefined => {
    const near = new Set(keysOf(object, state).addMatches.flatMap(index.sharers))
    near.delete(state.id)
    const pairs = [...near].flatMap(seen).flatMap(record => {
      const pair = comparePair(definition, model, [state, record])
      return pair?.verdict === 'merge' ? [{ record, pair }] : []
    })
    const [best] = pairs.toSorted((a, b) => b.pair.score - a.pair.score || (a.record.id < b.record.id ? -1 : 1))
    return best && { record: best.record, because: best.pair.reasons.map(reason => reason.detail).join(' ') }
  }
}

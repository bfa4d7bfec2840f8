import { keyLimitOf } from '#lib/duplicates/key-limit.ts'
import type { CompiledObject } from '#lib/records/compile.ts'
import { loadMatchKeys } from '#lib/records/load-match-keys.ts'
import { keyChanges } from '#lib/records/record-keys.ts'
import type { Context } from '#lib/runtime/context.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'
import type { MatchEntry, StoredRecord, UniqueValue } from '#lib/store/items.ts'
import { readMatches } from '#lib/store/match.ts'
import { readUniqueHolders } from '#lib/store/read.ts'
import { matchKinds } from '#schemas/match-kinds.ts'

// Every row of an import needs them: they are loaded with the function.
await loadMatchKeys()

/** Ids by key: as stored when first asked for, and those of the rows since. */
export type KeyIndex = {
  /** Reads who holds the unique values of some states; returns their ids. */
  readHolders(states: readonly StoredRecord[]): Promise<string[]>
  /** Reads who shares the match keys of some states; returns their ids. */
  readSharers(states: readonly StoredRecord[]): Promise<string[]>
  holders(unique: UniqueValue): string[]
  sharers(match: MatchEntry): string[]
  add(record: StoredRecord): void
}

/** 32 queries under way keep the table busy. */
const parallel = 32

const kinds = new Set<string>(matchKinds)

/** Opens an index of the keys of an object's records. */
export function openKeyIndex(ctx: Context, object: CompiledObject): KeyIndex {
  const { name } = object.definition
  const stored = new Map<string, string[]>()
  const added = new Map<string, Set<string>>()
  const idsOf = (key: string) => [...new Set([...(stored.get(key) ?? []), ...(added.get(key) ?? [])])]
  return {
    async readHolders(states) {
      const uniques = unread(
        states.flatMap(state => keysOf(object, state).claim),
        uniqueText,
        stored,
      )
      const ids = await readUniqueHolders(ctx.store, name, uniques)
      for (const [i, unique] of uniques.entries()) stored.set(uniqueText(unique), ids[i] === undefined ? [] : [ids[i]])
      return ids.flatMap(id => id ?? [])
    },
    async readSharers(states) {
      const matches = states.flatMap(state => keysOf(object, state).addMatches)
      await inParallel(unread(matches, matchText, stored), parallel, async match => {
        stored.set(matchText(match), await readMatches(ctx.store, name, match, keyLimitOf(match.kind) + 1))
      })
      return matches.flatMap(match => withinReason(match, stored.get(matchText(match)) ?? []))
    },
    holders: unique => idsOf(uniqueText(unique)),
    sharers: match => withinReason(match, idsOf(matchText(match))),
    add(record) {
      const { claim, addMatches } = keysOf(object, record)
      for (const key of [...claim.map(uniqueText), ...addMatches.map(matchText)])
        added.set(key, (added.get(key) ?? new Set()).add(record.id))
    },
  }
}

type Keys = { claim: UniqueValue[]; addMatches: MatchEntry[] }

/** A row's keys are asked for several times; states are never changed in place. */
const known = new WeakMap<StoredRecord, Keys>()

/** The keys by which others may find a record. */
export function keysOf(object: CompiledObject, record: StoredRecord): Keys {
  const cached = known.get(record)
  if (cached) return cached
  const { claim, addMatches } = keyChanges(object, undefined, record)
  const keys = { claim, addMatches: addMatches.filter(({ kind }) => kinds.has(kind)) }
  known.set(record, keys)
  return keys
}

/** A key that too many records share, such as a switchboard's number, says nothing about who somebody is. */
function withinReason({ kind }: MatchEntry, ids: string[]): string[] {
  return ids.length > keyLimitOf(kind) ? [] : ids
}

/** Each key once, those that were not read before. */
function unread<T>(keys: readonly T[], textOf: (key: T) => string, known: ReadonlyMap<string, unknown>): T[] {
  const fresh = new Map(keys.map(key => [textOf(key), key]))
  return [...fresh].flatMap(([text, key]) => (known.has(text) ? [] : [key]))
}

function uniqueText({ field, value }: UniqueValue): string {
  return `U ${field} ${value}`
}

function matchText({ kind, value }: MatchEntry): string {
  return `M ${kind} ${value}`
}

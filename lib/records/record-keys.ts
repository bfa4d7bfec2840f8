import { pointerTo } from '#lib/errors.ts'
import type { CompiledField, CompiledObject } from '#lib/records/compile.ts'
import { loadedMatchKeys } from '#lib/records/load-match-keys.ts'
import { ownerOf, textOf } from '#lib/records/owner-of.ts'
import { uniqueValues } from '#lib/records/unique-values.ts'
import { agendaSort, agendaValue } from '#lib/store/agenda-keys.ts'
import type { IndexKeys, MatchEntry, StoredRecord, UniqueValue } from '#lib/store/items.ts'
import { type ListName, objectPartition, ownerPartition, shardOf } from '#lib/store/keys.ts'
import type { KeyChanges } from '#lib/store/write.ts'
import type { Json } from '#schemas/json.ts'

type Keys = { unique: UniqueValue[]; matches: MatchEntry[] }

/** Keys to claim and drop when a record goes from one state to another; a deleted record holds none. Needs `loadMatchKeys`. */
export function keyChanges(object: CompiledObject, before: StoredRecord | undefined, after: StoredRecord): KeyChanges {
  const old = keysOf(object, before)
  const fresh = keysOf(object, after)
  return {
    claim: without(fresh.unique, old.unique),
    release: without(old.unique, fresh.unique),
    addMatches: without(fresh.matches, old.matches),
    dropMatches: without(old.matches, fresh.matches),
  }
}

/** Where a record stands in the indexes; a deleted or absorbed one stands in a list of such records only. */
export function indexKeys(object: CompiledObject, record: StoredRecord, listShards: number): IndexKeys {
  const { definition } = object
  const isDeleted = record.deletedAt !== undefined
  const keys: IndexKeys = {
    byObjectPk: objectPartition(definition.name, shardOf(record.id, listShards), listOf(record)),
    byObjectSk: `${record.updatedAt}#${record.id}`,
  }
  if (isDeleted) return keys
  const owner = ownerOf(object, record)
  if (owner) {
    keys.byOwnerPk = ownerPartition(owner, definition.name)
    keys.byOwnerSk = keys.byObjectSk
  }
  const parent = parentOf(object, record)
  if (parent) {
    keys.byParentPk = parent
    keys.byParentSk = `${definition.name}#${timeOf(object, record)}#${record.id}`
  }
  return keys
}

/** When the record happened: its time field, else its last change for objects without one, else its creation. */
export function timeOf(object: Pick<CompiledObject, 'definition'>, record: StoredRecord): string {
  const { timeField } = object.definition
  if (!timeField) return record.updatedAt
  return textOf(record.fields[timeField]) ?? record.createdAt
}

function listOf({ deletedAt, mergedInto }: StoredRecord): ListName {
  if (mergedInto !== undefined) return 'merged'
  return deletedAt === undefined ? 'all' : 'trash'
}

function parentOf(object: CompiledObject, record: StoredRecord): string | undefined {
  for (const [name, field] of Object.entries(object.definition.fields))
    if (field.type === 'reference' && field.parent) return textOf(record.fields[name])
  return undefined
}

/** A bulk write asks for the keys of one state several times; states are never changed in place. */
const known = new WeakMap<StoredRecord, Keys>()

function keysOf(object: CompiledObject, record: StoredRecord | undefined): Keys {
  const keys: Keys = (record && known.get(record)) ?? { unique: [], matches: [] }
  if (!record || record.deletedAt !== undefined || known.has(record)) return keys
  known.set(record, keys)
  for (const field of object.fields.values()) {
    const value = record.fields[field.name]
    if (value !== undefined) addKeys(keys, object, record, field, value)
  }
  for (const { kind, value } of loadedMatchKeys(object.definition, record.fields))
    keys.matches.push({ kind, value, sort: record.id })
  return keys
}

function addKeys(keys: Keys, object: CompiledObject, record: StoredRecord, field: CompiledField, value: Json): void {
  const { name, definition } = field
  if (definition.unique)
    for (const text of uniqueValues(value, definition))
      keys.unique.push({ field: name, value: text, pointer: pointerTo(name) })
  if (definition.type === 'dateTime' && definition.agenda)
    keys.matches.push({ kind: name, value: agendaValue(record.id), sort: agendaSort(String(value), record.id) })
  if (definition.type === 'reference' && definition.lookup)
    keys.matches.push({ kind: name, value: String(value), sort: `${timeOf(object, record)}#${record.id}` })
}

function without<T>(all: readonly T[], others: readonly T[]): T[] {
  const known = new Set(others.map(other => JSON.stringify(other)))
  const kept = new Map(all.map(key => [JSON.stringify(key), key]))
  return [...kept].flatMap(([text, key]) => (known.has(text) ? [] : [key]))
}

import type { CompiledField, CompiledObject } from '#lib/records/compile.ts'
import { pointerTo } from '#lib/records/input.ts'
import { matchValues, uniqueValues } from '#lib/records/match-keys.ts'
import type { IndexKeys, MatchEntry, StoredRecord, UniqueValue } from '#lib/store/items.ts'
import { objectPartition, ownerPartition, shardOf } from '#lib/store/keys.ts'
import type { KeyChanges } from '#lib/store/write.ts'
import type { Json } from '#schemas/json.ts'

type Keys = { unique: UniqueValue[]; matches: MatchEntry[] }

/** Keys to claim and drop when a record goes from one state to another; a deleted record holds none. */
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

/** Where a record stands in the indexes; in the recycle bin it stands in the trash list only. */
export function indexKeys(object: CompiledObject, record: StoredRecord, listShards: number): IndexKeys {
  const { definition } = object
  const isDeleted = record.deletedAt !== undefined
  const keys: IndexKeys = {
    byObjectPk: objectPartition(definition.name, shardOf(record.id, listShards), isDeleted),
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

/** Id of the user who owns the record. */
export function ownerOf(object: Pick<CompiledObject, 'definition'>, record: StoredRecord): string | undefined {
  const { ownerField } = object.definition
  if (ownerField === 'id') return record.id
  return ownerField ? textOf(record.fields[ownerField]) : undefined
}

/** Id of the team the record belongs to. */
export function teamOf(object: Pick<CompiledObject, 'definition'>, record: StoredRecord): string | undefined {
  const { teamField } = object.definition
  return teamField ? textOf(record.fields[teamField]) : undefined
}

/** When the record happened: its time field, else its last change for objects without one, else its creation. */
export function timeOf(object: Pick<CompiledObject, 'definition'>, record: StoredRecord): string {
  const { timeField } = object.definition
  if (!timeField) return record.updatedAt
  return textOf(record.fields[timeField]) ?? record.createdAt
}

function parentOf(object: CompiledObject, record: StoredRecord): string | undefined {
  for (const [name, field] of Object.entries(object.definition.fields))
    if (field.type === 'reference' && field.parent) return textOf(record.fields[name])
  return undefined
}

function keysOf(object: CompiledObject, record: StoredRecord | undefined): Keys {
  const keys: Keys = { unique: [], matches: [] }
  if (!record || record.deletedAt !== undefined) return keys
  for (const field of object.fields.values()) {
    const value = record.fields[field.name]
    if (value !== undefined) addKeys(keys, object, record, field, value)
  }
  return keys
}

function addKeys(keys: Keys, object: CompiledObject, record: StoredRecord, field: CompiledField, value: Json): void {
  const { name, definition } = field
  if (definition.unique)
    for (const text of uniqueValues(value, definition))
      keys.unique.push({ field: name, value: text, pointer: pointerTo(name) })
  for (const kind of definition.matchOn ?? [])
    for (const text of matchValues(kind, value, definition)) keys.matches.push({ kind, value: text, sort: record.id })
  if (definition.type === 'reference' && definition.lookup)
    keys.matches.push({ kind: name, value: String(value), sort: `${timeOf(object, record)}#${record.id}` })
}

function without<T>(all: readonly T[], others: readonly T[]): T[] {
  const known = new Set(others.map(other => JSON.stringify(other)))
  const kept = new Map(all.map(key => [JSON.stringify(key), key]))
  return [...kept].flatMap(([text, key]) => (known.has(text) ? [] : [key]))
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

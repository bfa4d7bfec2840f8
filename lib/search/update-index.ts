import { typeOf } from '#lib/records/fields/types.ts'
import { tokensOf } from '#lib/search/tokens.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecords } from '#lib/store/read.ts'
import { type Indexed, noteIndexed, readIndexed, writeTokens } from '#lib/store/search-table.ts'
import type { Store } from '#lib/store/table.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { ObjectRegistry } from '#schemas/registry.ts'

/** The records table, the search table, and the objects. */
export type IndexTables = { store: Store; searchStore: Store; objects: ObjectRegistry }

type Change = { id: string; object: string; version: number; add: string[]; drop: string[]; tokens: string[] }

/**
 * Brings the search index up to date with records as they are now, whatever the order or repetition of the events.
 * @param ids up to 100 record ids.
 * @returns ids whose record changed meanwhile: to be done again.
 */
export async function updateSearchIndex(tables: IndexTables, ids: readonly string[]): Promise<string[]> {
  const unique = [...new Set(ids)]
  const [records, indexed] = await Promise.all([
    readRecords(tables.store, unique),
    readIndexed(tables.searchStore, unique),
  ])
  const changes = [...records.values()].flatMap(record => indexChange(tables.objects, record, indexed.get(record.id)))
  await writeTokens(tables.searchStore, changes)
  const notes = changes.map(async ({ id, version, tokens }) => {
    const isNoted = await noteIndexed(tables.searchStore, id, { version, tokens })
    return isNoted ? [] : [id]
  })
  return (await Promise.all(notes)).flat()
}

/** Texts by which people search a record, field by field. */
export function searchTexts(object: ObjectDefinition, record: StoredRecord): { field: string; text: string }[] {
  return Object.entries(object.fields).flatMap(([field, definition]) => {
    const value = record.fields[field]
    if (!definition.searchable || value === undefined) return []
    return (typeOf(definition).searchTexts?.(value) ?? []).map(text => ({ field, text }))
  })
}

function indexChange(objects: ObjectRegistry, record: StoredRecord, indexed: Indexed | undefined): Change[] {
  const object = objects.byName.get(record.object)
  if (!object || object.system) return []
  const texts = record.deletedAt === undefined ? searchTexts(object, record).map(({ text }) => text) : []
  const tokens = tokensOf(texts)
  // Never found and not to be found, such as an activity: nothing to note.
  if (!indexed && tokens.length === 0) return []
  const old = new Set(indexed?.tokens)
  const add = tokens.filter(token => !old.delete(token))
  return [{ id: record.id, object: object.name, version: record.version, add, drop: [...old], tokens }]
}

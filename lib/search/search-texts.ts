import { typeOf } from '#lib/records/fields/types.ts'
import type { SearchText, TextKind } from '#lib/search/keys.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** Texts by which people search a record, field by field. */
export function searchTexts(object: ObjectDefinition, record: StoredRecord): SearchText[] {
  return Object.entries(object.fields).flatMap(([field, definition]) => {
    const value = record.fields[field]
    if (!definition.searchable || value === undefined) return []
    const kind = textKinds[definition.type] ?? 'name'
    return (typeOf(definition).searchTexts?.(value) ?? []).map(text => ({ field, kind, text }))
  })
}

/** Whether anything of an object can be searched for. */
export function isSearched(object: ObjectDefinition): boolean {
  return !object.system && Object.values(object.fields).some(field => field.searchable)
}

const textKinds: Readonly<Record<string, TextKind>> = { emails: 'email', phones: 'phone' }

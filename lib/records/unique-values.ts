import { entryKeyOf } from '#lib/records/fields/list.ts'
import type { FieldDefinition } from '#schemas/definition.ts'
import type { Json } from '#schemas/json.ts'

/** Values of a unique field that no other record may hold. */
export function uniqueValues(value: Json, field: FieldDefinition): string[] {
  if (field.type === 'list') return entryKeys(value, field)
  return [String(value).normalize('NFKC').toLowerCase()]
}

/** The keys that name the entries of a list. */
export function entryKeys(value: Json, field: FieldDefinition): string[] {
  if (!Array.isArray(value) || field.type !== 'list') return []
  return value.flatMap(entry => entryKeyOf(entry, field.entryKey) ?? [])
}

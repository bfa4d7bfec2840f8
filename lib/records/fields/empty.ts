import { visibleText } from '#lib/records/fields/text-rules.ts'
import { isJsonObject, type Json, type JsonObject } from '#schemas/json.ts'

/** Whether a value says "nothing": null, no visible text, no entries, no parts. */
export function isEmpty(value: Json | undefined): boolean {
  if (value === null || value === undefined) return true
  if (typeof value === 'string') return visibleText(value).trim() === ''
  return Array.isArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0
}

/** An object without its empty parts; anything else as it is. */
export function withoutEmptyParts<T>(value: T): T | JsonObject {
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([, part]) => !isEmpty(part)))
}

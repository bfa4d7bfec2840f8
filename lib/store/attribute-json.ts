import type { Json, JsonObject } from '#schemas/json.ts'
import { isJsonObject } from '#schemas/json.ts'

/**
 * The item that a line of an export holds in DynamoDB JSON.
 * @throws Error naming a type that no item of ours has: sets and bytes.
 */
export function itemOf(marshalled: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(marshalled).map(([name, value]) => [name, plainOf(value)]))
}

/** An item as a line of an export has it: `itemOf` the other way round. */
export function marshalled(item: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, typed(value)]))
}

function typed(value: Json): JsonObject {
  if (value === null) return { NULL: true }
  if (typeof value === 'string') return { S: value }
  if (typeof value === 'number') return { N: String(value) }
  if (typeof value === 'boolean') return { BOOL: value }
  if (Array.isArray(value)) return { L: value.map(typed) }
  return { M: marshalled(value) }
}

function plainOf(typed: Json): Json {
  const [[type, value = null] = ['nothing', null]] = isJsonObject(typed) ? Object.entries(typed) : []
  if (type === 'S' || type === 'BOOL') return value
  if (type === 'N') return Number(value)
  if (type === 'NULL') return null
  if (type === 'M' && isJsonObject(value)) return itemOf(value)
  if (type === 'L' && Array.isArray(value)) return value.map(plainOf)
  throw new Error(`An item has a value of type ${type}, which this version does not know.`)
}

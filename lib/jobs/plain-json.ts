import type { JsonObject } from '#schemas/json.ts'

/** An object as JSON keeps it: members without a value are gone. */
export function plainJson(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value))
}

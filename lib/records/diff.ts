import { isDeepStrictEqual } from 'node:util'
import type { Change } from '#lib/store/items.ts'
import type { JsonObject } from '#schemas/json.ts'

/** Old and new value per field that differs; a side without a value is absent. */
export function diffFields(before: JsonObject, after: JsonObject): Change['changes'] {
  const changes: Change['changes'] = {}
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const old = before[name]
    const fresh = after[name]
    if (isDeepStrictEqual(old, fresh)) continue
    changes[name] = { ...(old === undefined ? {} : { old }), ...(fresh === undefined ? {} : { new: fresh }) }
  }
  return changes
}

/** The fields as they were before a change. */
export function undoChange(fields: JsonObject, changes: Change['changes']): JsonObject {
  const result = { ...fields }
  for (const [name, { old }] of Object.entries(changes)) {
    if (old === undefined) delete result[name]
    else result[name] = old
  }
  return result
}

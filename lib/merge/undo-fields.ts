import { isDeepStrictEqual } from 'node:util'
import { isList, type ListStates, separateLists } from '#lib/merge/unite-lists.ts'
import type { Change } from '#lib/store/items.ts'
import type { FieldDefinition, ObjectDefinition } from '#schemas/definition.ts'
import type { Json, JsonObject } from '#schemas/json.ts'

/** What a survivor's fields are without a merge, and which of them were edited since and so stay. */
export type Separated = { fields: JsonObject; kept: string[] }

/**
 * Takes a merge out of a survivor's fields.
 * @param merge the survivor's change by the merge.
 * @param merged its fields right after.
 * @param undoneSince changes by earlier merges that were undone after this one, the newest first: what they had brought
 * is not to come back.
 */
export function separateFields(
  object: ObjectDefinition,
  states: { merge: Change; merged: JsonObject; now: JsonObject; undoneSince: readonly Change[] },
): Separated {
  const fields = { ...states.now }
  const kept: string[] = []
  for (const [name, definition] of Object.entries(object.fields)) {
    const changed = states.merge.changes[name]
    if (!changed) continue
    const before = states.undoneSince.reduce(
      (value, change) => withoutChange(definition, change.changes[name], value),
      changed.old,
    )
    const value = undone(definition, { before, merged: states.merged[name], now: states.now[name] })
    if (value === undefined) delete fields[name]
    else fields[name] = value
    if (!isDeepStrictEqual(value, before)) kept.push(name)
  }
  return { fields, kept }
}

function withoutChange(
  definition: FieldDefinition,
  change: { old?: Json; new?: Json } | undefined,
  now: Json | undefined,
): Json | undefined {
  return change ? undone(definition, { before: change.old, merged: change.new, now }) : now
}

function undone(definition: FieldDefinition, states: ListStates): Json | undefined {
  if (isDeepStrictEqual(states.now, states.merged)) return states.before
  return isList(definition) ? separateLists(definition, states) : states.now
}

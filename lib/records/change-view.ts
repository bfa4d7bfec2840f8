import { viewValue } from '#lib/records/view.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Change } from '#lib/store/items.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { Json, JsonObject } from '#schemas/json.ts'

/** A change as the actor may see it: hidden fields left out, masked values blotted. */
export function viewChange(ctx: Pick<Context, 'actor'>, object: ObjectDefinition, change: Change): JsonObject {
  const { version, action, actorId, at, requestId, source, merge } = change
  const changes: JsonObject = {}
  for (const [name, sides] of Object.entries(change.changes)) {
    const old = viewSide(ctx, object, name, sides.old)
    const fresh = viewSide(ctx, object, name, sides.new)
    if (old === undefined && fresh === undefined) continue
    changes[name] = { old: old ?? null, new: fresh ?? null }
  }
  return { version, action, actorId, at, requestId, source, changes, ...(merge && { merge }) }
}

function viewSide(ctx: Pick<Context, 'actor'>, object: ObjectDefinition, name: string, value: Json | undefined) {
  const definition = Object.hasOwn(object.fields, name) ? object.fields[name] : undefined
  return definition && value !== undefined ? viewValue(ctx, object, { name, definition, value }) : undefined
}

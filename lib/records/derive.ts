import type { Context } from '#lib/runtime/context.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { JsonObject } from '#schemas/json.ts'

/** A record's fields before a write (none for a new record) and after it. */
export type Derivation = { before: JsonObject | undefined; fields: JsonObject }

type Rule = (ctx: Context, derivation: Derivation) => Promise<JsonObject>

/** Loaded with the first write that needs them. */
const rules: Record<NonNullable<ObjectDefinition['derived']>, () => Promise<Rule>> = {
  nextReminder: async () => (await import('#lib/occurrences/derive-next.ts')).deriveNext,
}

/** Works out the fields that the server keeps from what the others say, for objects that have such. */
export async function derive(ctx: Context, { derived }: ObjectDefinition, derivation: Derivation): Promise<JsonObject> {
  if (derived === undefined) return derivation.fields
  const rule = await rules[derived]()
  return rule(ctx, derivation)
}

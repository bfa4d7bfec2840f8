import * as z from 'zod'
import { checkDefinition, type FieldOf, type ObjectDefinition } from '#schemas/meta-schema.ts'

export type { FieldDefinition, FieldOf, ObjectDefinition, ScalarFieldDefinition } from '#schemas/meta-schema.ts'

// Compiling validators costs a cold start more than a warm call ever wins back.
z.config({ jitless: true })

/** There in bundles alone: `infra/lean-bundles.ts` has loaded the definitions, and so checked them. */
declare const definitionsAreChecked: true | undefined

/** Objects that a reference may lead to. */
export function targetsOf({ to, orTo = [] }: FieldOf<'reference'>): readonly string[] {
  return [to, ...orTo]
}

/**
 * Checks a definition and returns it.
 * @throws Error whose message starts with `object.field:` for each thing that is wrong.
 */
export function defineObject(definition: ObjectDefinition): ObjectDefinition {
  if (typeof definitionsAreChecked === 'undefined') checkDefinition(definition)
  return definition
}

import type * as z from 'zod'
import type { FieldSettings, FieldType } from '#lib/records/fields/field-type.ts'
import { typeOf } from '#lib/records/fields/types.ts'
import type { FieldDefinition, ObjectDefinition } from '#schemas/definition.ts'
import type { Json } from '#schemas/json.ts'

/** A field ready for use: its definition, its type and its zod schema for this tenant. */
export type CompiledField = { name: string; definition: FieldDefinition; type: FieldType; schema: z.ZodType<Json> }

/** An object ready for use. */
export type CompiledObject = { definition: ObjectDefinition; fields: ReadonlyMap<string, CompiledField> }

const compiled = new WeakMap<ObjectDefinition, Map<string, CompiledObject>>()

/** Derives the zod schemas of an object's fields, once per container and tenant settings. */
export function compileObject(definition: ObjectDefinition, settings: FieldSettings): CompiledObject {
  const forSettings = compiled.get(definition) ?? new Map<string, CompiledObject>()
  compiled.set(definition, forSettings)
  const key = `${settings.phoneRegion} ${settings.currency}`
  const known = forSettings.get(key)
  if (known) return known
  const fields = new Map(
    Object.entries(definition.fields).map(([name, field]) => [name, compileField(name, field, settings)]),
  )
  const object = { definition, fields }
  forSettings.set(key, object)
  return object
}

function compileField(name: string, definition: FieldDefinition, settings: FieldSettings): CompiledField {
  const type = typeOf(definition)
  return { name, definition, type, schema: type.schema(definition, settings) }
}

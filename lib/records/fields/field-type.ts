import type * as z from 'zod'
import type { FieldDefinition, FieldOf } from '#schemas/definition.ts'
import type { Json } from '#schemas/json.ts'
import type { TenantSettings } from '#schemas/tenant.ts'

/** What a field type needs to know of the tenant. */
export type FieldSettings = Pick<TenantSettings, 'phoneRegion' | 'currency'>

/** How filters see values: a CEL type, with the types it is made of. */
export type CelType = { name: string; types?: Record<string, Record<string, string>> }

/** The one contract of a field type: everything the engine asks of it. */
export type FieldType<T extends FieldDefinition['type'] = FieldDefinition['type']> = {
  /** Checks a value a client sends and gives the value to store. */
  schema(field: FieldOf<T>, settings: FieldSettings): z.ZodType<Json>
  /** Must be awaited before `schema` parses a value: loads what is too large to load always. */
  prepare?(): Promise<void>
  /** The type of the value in a filter; `path` is a name no other field has. */
  cel(field: FieldOf<T>, path: string): CelType
  /** The stored value as filters see it; the value itself unless told. */
  toCel?(value: Json, field: FieldOf<T>): unknown
  /** The value with personal parts blotted out; a type without this is left out where a role sees the field masked. */
  mask?(value: Json): Json
  /** Texts a person may search the record by. */
  searchTexts?(value: Json): string[]
}

import * as z from 'zod'
import { withoutEmptyParts } from '#lib/records/fields/empty.ts'
import type { CelType, FieldSettings, FieldType } from '#lib/records/fields/field-type.ts'
import { listOf, rule } from '#lib/records/fields/rules.ts'
import { scalarTypes } from '#lib/records/fields/scalar-types.ts'
import type { FieldOf, ScalarFieldDefinition } from '#schemas/definition.ts'
import { isJsonObject, type Json, type JsonObject } from '#schemas/json.ts'

/** Entries of several parts each, such as a handle's service and value. */
export const list: FieldType<'list'> = {
  schema: (field, settings) =>
    listOf(entrySchema(field, settings), field.maxItems).check(
      rule('repeated_entry', entries => repeated(entries, field.entryKey)),
    ) as unknown as z.ZodType<Json>,
  cel: (field, path) => entryType(field, path),
  toCel: (value, field) =>
    Array.isArray(value) ? value.map(entry => (isJsonObject(entry) ? entryToCel(entry, field) : entry)) : value,
}

/** The parts that name an entry, joined; undefined when the list has no entry key. */
export function entryKeyOf(entry: Json, entryKey: readonly string[] | undefined): string | undefined {
  if (!entryKey || !isJsonObject(entry)) return undefined
  return entryKey.map(part => String(entry[part] ?? '')).join(':')
}

function entrySchema(field: FieldOf<'list'>, settings: FieldSettings) {
  const parts = Object.entries(field.fields)
  const shape = Object.fromEntries(parts.map(([name, part]) => [name, schemaOf(part, settings).optional()]))
  const required = parts.flatMap(([name, part]) => (part.required ? [name] : []))
  const entry = z.strictObject(shape).check(payload => {
    for (const name of required)
      if (payload.value[name] === undefined)
        payload.issues.push({
          code: 'custom',
          message: 'is required; give it a value.',
          input: payload.value,
          path: [name],
          params: { code: 'required' },
        })
  })
  return z.unknown().transform(withoutEmptyParts).pipe(entry)
}

function schemaOf(part: ScalarFieldDefinition, settings: FieldSettings): z.ZodType<Json> {
  return scalarTypes[part.type].schema(part, settings)
}

function entryType(field: FieldOf<'list'>, path: string): CelType {
  const types: Record<string, Record<string, string>> = {}
  const members: Record<string, string> = {}
  for (const [name, part] of Object.entries(field.fields)) {
    const { name: type, types: inner } = scalarTypes[part.type].cel(part, `${path}${name}`)
    members[name] = type
    Object.assign(types, inner)
  }
  types[path] = members
  return { name: `list<${path}>`, types }
}

function entryToCel(entry: JsonObject, field: FieldOf<'list'>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(entry).map(([name, value]) => {
      const part = field.fields[name]
      const convert = part && scalarTypes[part.type].toCel
      return [name, convert ? convert(value, part) : value]
    }),
  )
}

function repeated(entries: unknown[], entryKey: readonly string[] | undefined): string | undefined {
  const keys = entries.flatMap(entry => entryKeyOf(entry as Json, entryKey) ?? [])
  const twice = keys.find((key, i) => keys.indexOf(key) < i)
  return twice === undefined ? undefined : `has two entries for ${twice}; keep one.`
}

import { type FieldDefinition, type FieldOf, type ScalarFieldDefinition, targetsOf } from '#schemas/definition.ts'
import type { JsonObject } from '#schemas/json.ts'
import { standardObjects } from '#schemas/registry.ts'

/** A JSON Schema (2020-12), as OpenAPI 3.1 takes it. */
export type Schema = JsonObject

/** What a client sends and what it gets differ a little: the server adds and normalises. */
export type Direction = 'input' | 'patch' | 'output'

const suffixes: Readonly<Record<Direction, string>> = { input: 'Input', patch: 'Patch', output: '' }

type Describe<T extends FieldDefinition['type']> = (field: FieldOf<T>, direction: Direction) => Schema

/**
 * The schema of each field type, written down rather than derived from zod: the engine's schemas normalise what they
 * take, and a transformation has no JSON Schema.
 */
const fieldTypes: { [T in FieldDefinition['type']]: Describe<T> } = {
  text: textSchema,
  longText: () => ({ type: 'string', maxLength: 50_000 }),
  number: ({ integer, min, max }) => ({
    type: integer ? 'integer' : 'number',
    ...(min !== undefined && { minimum: min }),
    ...(max !== undefined && { maximum: max }),
  }),
  money: (_, direction) => reference(`Money${suffixes[direction]}`),
  date: (_, direction) => (direction === 'output' ? maskableDate : { type: 'string', format: 'date' }),
  dateTime: () => ({ type: 'string', format: 'date-time' }),
  localTime: (_, direction) => ({
    type: 'string',
    // Seconds may be left out by who writes it.
    pattern: `^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d${direction === 'output' ? ':\\d\\d' : '(:\\d\\d)?'}$`,
    description: 'A time on the clocks of a time zone, without an offset, such as `2026-03-31T09:00:00`.',
  }),
  timeZone: () => ({ type: 'string', maxLength: 60, description: 'A time zone by its IANA name.' }),
  repeat: () => ({
    type: 'string',
    maxLength: 500,
    description: 'A rule as RFC 5545 has it, such as `FREQ=WEEKLY;BYDAY=MO`.',
  }),
  duration: () => ({ type: 'string', format: 'duration' }),
  boolean: () => ({ type: 'boolean' }),
  select: ({ options, default: standard }, direction) => ({
    type: 'string',
    enum: options.map(option => option.value),
    ...(direction === 'input' && standard !== undefined && { default: standard }),
  }),
  multiSelect: ({ options }) => ({
    type: 'array',
    items: { type: 'string', enum: options.map(option => option.value) },
    maxItems: options.length,
  }),
  emails: (_, direction) => listOf(direction === 'output' ? 'Email' : 'EmailInput', 20),
  phones: (_, direction) => listOf(direction === 'output' ? 'Phone' : 'PhoneInput', 20),
  url: (_, direction) => ({ type: 'string', maxLength: 2000, ...(direction === 'output' && { format: 'uri' }) }),
  address: (_, direction) => reference(`Address${suffixes[direction]}`),
  reference: field => idSchema(...targetsOf(field)),
  user: () => idSchema('user'),
  tags: () => ({ type: 'array', items: { type: 'string', maxLength: 50 }, maxItems: 50 }),
  list: listSchema,
  json: () => ({ description: 'Any JSON value of 64 KB at most.' }),
}

const maskableDate: Schema = {
  type: 'string',
  pattern: '^\\d{4}-(\\d\\d-\\d\\d|\\*\\*-\\*\\*)$',
  description: 'A day; month and day are `**` for a caller that may not see them.',
}

/** The schema of one field, with its labels. */
export function fieldSchema(field: FieldDefinition, direction: Direction): Schema {
  const schema = schemaOf(field, direction)
  const facts = [
    ...(field.unique ? ['No two records may share it.'] : []),
    ...(field.readOnly ? ['Set by the server.'] : []),
  ]
  const known = typeof schema['description'] === 'string' ? [schema['description']] : []
  return {
    ...schema,
    title: field.label.en,
    'x-label-zh': field.label.zh,
    description: [`${field.label.en}.`, ...known, ...facts].join(' '),
    ...(field.readOnly && { readOnly: true }),
  }
}

/** The same value, or null. */
export function nullable(schema: Schema): Schema {
  const { type, enum: values, $ref, default: _standard, ...rest } = schema
  if ($ref !== undefined) return { anyOf: [{ $ref }, { type: 'null' }], ...rest }
  if (typeof type !== 'string') return schema
  return { type: [type, 'null'], ...(Array.isArray(values) && { enum: [...values, null] }), ...rest }
}

/** The id of a record of one of these objects. */
export function idSchema(...objects: readonly string[]): Schema {
  const prefixes = objects.map(object => standardObjects.byName.get(object)?.prefix ?? object)
  const prefix = prefixes.length === 1 ? prefixes[0] : `(?:${prefixes.join('|')})`
  return { type: 'string', pattern: `^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}$` }
}

/** A schema kept under components. */
export function reference(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` }
}

function schemaOf<T extends FieldDefinition['type']>(field: FieldOf<T> & { type: T }, direction: Direction): Schema {
  const describe: Describe<T> = fieldTypes[field.type]
  return describe(field, direction)
}

/** A field that is turned into upper case takes lower case too, so its pattern holds for what comes back only. */
function textSchema({ maxLength = 200, pattern, upperCase }: FieldOf<'text'>, direction: Direction): Schema {
  const isChecked = pattern !== undefined && direction !== 'output' && !upperCase
  return { type: 'string', maxLength, ...(isChecked && { pattern: `^(?:${pattern.regex})$` }) }
}

function listSchema({ fields, maxItems }: FieldOf<'list'>, direction: Direction): Schema {
  const parts: [string, ScalarFieldDefinition][] = Object.entries(fields)
  const required = parts.filter(([, part]) => part.required).map(([name]) => name)
  const properties = Object.fromEntries(parts.map(([name, part]) => [name, fieldSchema(part, direction)]))
  const items = { type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties: false }
  return { type: 'array', items, maxItems }
}

function listOf(component: string, maxItems: number): Schema {
  return { type: 'array', items: reference(component), maxItems }
}

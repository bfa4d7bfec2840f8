import { fieldSchema, idSchema, nullable, reference, type Schema } from '#functions/api/openapi/fields.ts'
import { isJudged } from '#lib/quality/open-quality.ts'
import { type ObjectDefinition, targetsOf } from '#schemas/definition.ts'
import type { ObjectRegistry } from '#schemas/registry.ts'
import { serverFields } from '#schemas/server-fields.ts'

/** Names of an object's schemas and operations: Customer, Customers. */
export function typeName(object: ObjectDefinition): string {
  return object.name.charAt(0).toUpperCase() + object.name.slice(1)
}

/** The plural of `typeName`, as in `findCustomers`. */
export function pluralName(object: ObjectDefinition): string {
  return object.plural.replace(/(^|-)([a-z])/g, (_, _dash, letter: string) => letter.toUpperCase())
}

/** Every schema of one object: the record, what creates and what changes it, lists, batches, its timeline. */
export function recordSchemas(object: ObjectDefinition, objects: ObjectRegistry): Record<string, Schema> {
  const name = typeName(object)
  const written = {
    [`${name}Input`]: inputSchema(object),
    [`${name}Patch`]: patchSchema(object),
    [`${name}Batch`]: batchSchema(object),
    [`${name}BatchResults`]: batchResultsSchema(name),
  }
  return {
    [name]: recordSchema(object),
    ...(object.readOnly ? {} : written),
    [`${name}Page`]: pageSchema(reference(name)),
    [`${name}Timeline`]: pageSchema(timelineItem(object, objects)),
  }
}

/** A page of something. */
function pageSchema(items: Schema): Schema {
  return {
    type: 'object',
    properties: {
      items: { type: 'array', items },
      nextCursor: { type: 'string', description: 'Send it as `cursor` for the next page; absent on the last.' },
    },
    required: ['items'],
    additionalProperties: false,
  }
}

/** Only id, object and version always come: `fields` and the caller's role may leave out the rest. */
function recordSchema(object: ObjectDefinition): Schema {
  const time = { type: 'string', format: 'date-time', readOnly: true }
  const actor = { type: 'string', description: 'Id of a user, or `system`.', readOnly: true }
  return {
    type: 'object',
    description: object.label.en,
    'x-label-zh': object.label.zh,
    properties: {
      id: { ...idSchema(object.name), readOnly: true },
      object: { type: 'string', const: object.name, readOnly: true },
      version: { type: 'integer', minimum: 1, description: 'Grows by one with each change.', readOnly: true },
      ...mapFields(object, field => fieldSchema(field, 'output')),
      createdAt: time,
      createdBy: actor,
      updatedAt: time,
      updatedBy: actor,
      deletedAt: { ...time, description: 'In the recycle bin since then.' },
      ...(isJudged(object) && { quality: reference('Quality') }),
    },
    required: ['id', 'object', 'version'],
    additionalProperties: false,
  }
}

function inputSchema(object: ObjectDefinition): Schema {
  const required = Object.entries(object.fields).flatMap(([name, field]) => (field.required ? [name] : []))
  return {
    type: 'object',
    description: `A new ${object.label.en.toLowerCase()}. The server sets ${serverFields.join(', ')}.`,
    properties: mapFields(object, field => {
      const schema = fieldSchema(field, 'input')
      return field.required
        ? schema
        : { ...nullable(schema), ...(schema['default'] !== undefined && { default: schema['default'] }) }
    }),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  }
}

function patchSchema(object: ObjectDefinition): Schema {
  return {
    type: 'object',
    description: 'A merge patch (RFC 7396): what is absent stays, null clears, lists are replaced.',
    properties: mapFields(object, field => nullable(fieldSchema(field, 'patch'))),
    additionalProperties: false,
  }
}

function mapFields(object: ObjectDefinition, map: (field: ObjectDefinition['fields'][string]) => Schema): Schema {
  return Object.fromEntries(Object.entries(object.fields).map(([name, field]) => [name, map(field)]))
}

function batchSchema(object: ObjectDefinition): Schema {
  const name = typeName(object)
  const id = idSchema(object.name)
  const ifVersion = { type: 'integer', minimum: 1, description: 'Only if the record is at this version.' }
  const external = { system: { type: 'string' }, externalId: { type: 'string' } }
  const operations = [
    operation('create', { record: reference(`${name}Input`) }),
    operation('update', { id, patch: reference(`${name}Patch`), ifVersion }),
    operation('delete', { id, ifVersion }),
    operation('get', { id }),
    operation('upsert', { ...external, record: reference(`${name}Input`) }),
  ]
  return {
    type: 'object',
    properties: {
      atomic: { type: 'boolean', default: false, description: 'All operations or none; otherwise each stands alone.' },
      operations: { type: 'array', minItems: 1, maxItems: 100, items: { oneOf: operations } },
    },
    required: ['operations'],
    additionalProperties: false,
  }
}

function operation(op: string, properties: Record<string, Schema>): Schema {
  const required = Object.keys(properties).filter(name => name !== 'ifVersion')
  return {
    type: 'object',
    properties: { op: { type: 'string', const: op }, ...properties },
    required: ['op', ...required],
    additionalProperties: false,
  }
}

function batchResultsSchema(name: string): Schema {
  const result = {
    type: 'object',
    description: 'What became of one operation: a record or a problem.',
    properties: {
      status: { type: 'integer', description: 'The status the operation would have had by itself.' },
      id: { type: 'string' },
      etag: { type: 'string' },
      mergedInto: { type: 'string', description: 'With status 308: the record that absorbed this one.' },
      record: { ...reference(name), description: 'Left out when all answers together would exceed 5 MB.' },
      problem: { ...reference('Problem'), description: 'Its pointers lead into the record or patch of the operation.' },
    },
    required: ['status'],
    additionalProperties: false,
  }
  return {
    type: 'object',
    properties: { results: { type: 'array', items: result, description: 'In the order of the operations.' } },
    required: ['results'],
    additionalProperties: false,
  }
}

/** Changes of the record itself, and records with a time of their own that hang on it. */
function timelineItem(object: ObjectDefinition, objects: ObjectRegistry): Schema {
  const children = objects.all.filter(child => child.timeField && refersTo(child, object))
  const kinds: [string, string][] = [
    ['change', 'Change'],
    ...children.map((child): [string, string] => [child.name, typeName(child)]),
  ]
  const items = kinds.map(([kind, schema]) => ({
    type: 'object',
    properties: {
      kind: { type: 'string', const: kind },
      at: { type: 'string', format: 'date-time' },
      [kind]: reference(schema),
    },
    required: ['kind', 'at', kind],
    additionalProperties: false,
  }))
  const [first, ...more] = items
  return first && more.length === 0 ? first : { oneOf: items }
}

function refersTo(child: ObjectDefinition, object: ObjectDefinition): boolean {
  return Object.values(child.fields).some(field => field.type === 'reference' && targetsOf(field).includes(object.name))
}

import { reference, type Schema } from '#functions/api/openapi/fields.ts'
import { typeName } from '#functions/api/openapi/record-schemas.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { ObjectRegistry } from '#schemas/registry.ts'

/** What a search answers. */
export function searchSchema(objects: ObjectRegistry): Record<string, Schema> {
  const items = { type: 'array', items: hit(objects.all.filter(object => !object.system)) }
  const required = ['items', 'isPartial', 'needsReindex']
  return {
    SearchHits: { type: 'object', properties: { items, ...aboutTheSearch }, required, additionalProperties: false },
  }
}

function hit(searched: readonly ObjectDefinition[]): Schema {
  return {
    type: 'object',
    properties: {
      id: { type: 'string' },
      object: { type: 'string', enum: searched.map(object => object.name) },
      title: { type: 'string', description: 'What a person knows the record by.' },
      score: {
        type: 'number',
        minimum: 0,
        maximum: 100,
        description:
          'Of the title: 100 all of it, 80 its beginning, 60 the beginning of a word, 40 a part; 10 less in other fields; below 30 by pinyin. ' +
          'Of equal hits the one changed last comes first.',
      },
      matched: { type: 'array', items: { type: 'string' }, description: 'Fields in which it was found.' },
      record: { oneOf: searched.map(object => reference(typeName(object))) },
    },
    required: ['id', 'object', 'title', 'score', 'matched', 'record'],
    additionalProperties: false,
  }
}

const aboutTheSearch: Schema = {
  isPartial: {
    type: 'boolean',
    description:
      'More records may match than were looked at: reading ends with the page that has enough hits, or at 2,000 candidates of an object. A longer query finds the rest.',
  },
  indexedThrough: {
    type: 'string',
    format: 'date-time',
    description:
      'The index holds the changes up to about this time: compare it with `updatedAt` of what you wrote. Absent while nothing has been indexed.',
  },
  lagMs: { type: 'integer', minimum: 0, description: 'How long the newest change in the index took to get there.' },
  needsReindex: {
    type: 'boolean',
    description: 'The index was made by an older version, and misses some ways to find a record until it is rebuilt.',
  },
}

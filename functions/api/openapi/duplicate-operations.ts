import { jsonAnswer } from '#functions/api/openapi/answers.ts'
import { type Body, jsonBody } from '#functions/api/openapi/bodies.ts'
import { exampleId } from '#functions/api/openapi/examples.ts'
import { reference, type Schema } from '#functions/api/openapi/fields.ts'
import { typeName } from '#functions/api/openapi/record-schemas.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { ObjectRegistry } from '#schemas/registry.ts'

type Exchange = { body?: Body; answers: Record<string, Schema> }

const done = ['IdempotencyReplayed', 'DryRun']

/** What merging and looking for duplicates take for one object, and what they answer. */
export const duplicateExchanges = {
  mergeRecord: (object: ObjectDefinition): Exchange => ({
    body: jsonBody(mergeBody(object), { absorb: [exampleId(object.name)] }),
    answers: {
      200: jsonAnswer('The survivor, and what the merge did.', reference(`${typeName(object)}Merge`), {
        headers: ['ETag', ...done],
      }),
    },
  }),
  readDuplicates: (object: ObjectDefinition): Exchange => ({
    answers: {
      200: jsonAnswer('Likely duplicates, the most likely first.', reference(`${typeName(object)}Duplicates`), {}),
    },
  }),
}

/** The same for what is not about one object. */
export const groupExchanges = {
  findDuplicateGroups: { answers: { 200: jsonAnswer('A page of groups.', reference('DuplicateGroupPage'), {}) } },
  decideDuplicates: {
    body: jsonBody(
      {
        type: 'object',
        properties: {
          decision: { type: 'string', enum: ['merge', 'notDuplicate'] },
          survivor: { type: 'string', description: 'With `merge`: the member that stays.' },
        },
        required: ['decision'],
        additionalProperties: false,
      },
      { decision: 'notDuplicate' },
    ),
    answers: { 200: jsonAnswer('The group as decided.', reference('DuplicateDecision'), {}) },
  },
  undoMerge: {
    body: {
      requestBody: {
        required: false,
        content: { 'application/json': { schema: { type: 'object', additionalProperties: false }, example: {} } },
      },
    },
    answers: { 200: jsonAnswer('Everything as it was.', reference('Unmerge'), { headers: done }) },
  },
} satisfies Record<string, Exchange>

/** Schemas that hold records: of one object, or of any that can be merged. */
export function duplicateSchemas(objects: ObjectRegistry): Record<string, Schema> {
  const mergeable = objects.all.filter(object => !object.system)
  const anyRecord = { oneOf: mergeable.map(object => reference(typeName(object))) }
  return {
    ...Object.assign({}, ...mergeable.map(schemasOf)),
    Unmerge: closed(
      {
        mergeId: { type: 'string' },
        record: { ...anyRecord, description: 'The record that had absorbed the others.' },
        restored: { type: 'array', items: anyRecord },
        kept: {
          type: 'array',
          items: { type: 'string' },
          description: 'Fields that were edited since the merge, and so were left as they are.',
        },
        children: reference('MergeChildren'),
      },
      [],
    ),
  }
}

function schemasOf(object: ObjectDefinition): Record<string, Schema> {
  const name = typeName(object)
  const id = { type: 'string' }
  const duplicate = closed(
    {
      id,
      score: { type: 'number', minimum: 0, maximum: 1 },
      verdict: { type: 'string', enum: ['merge', 'suggest'] },
      reasons: { type: 'array', items: reference('DuplicateReason') },
      record: reference(name),
    },
    [],
  )
  return {
    [`${name}Merge`]: closed(
      {
        mergeId: { ...id, description: 'Undo it by this; absent from a dry run.' },
        record: reference(name),
        absorbed: { type: 'array', items: id },
        decisions: { type: 'array', items: reference('MergeDecision') },
        children: reference('MergeChildren'),
      },
      ['mergeId'],
    ),
    [`${name}Duplicates`]: closed({ items: { type: 'array', items: duplicate } }, []),
  }
}

function mergeBody({ label }: ObjectDefinition): Schema {
  return {
    type: 'object',
    properties: {
      absorb: {
        type: 'array',
        items: { type: 'string' },
        minItems: 1,
        maxItems: 20,
        description: `Ids of what becomes part of this ${label.en.toLowerCase()}.`,
      },
      fields: {
        type: 'object',
        additionalProperties: { type: 'string' },
        description: 'By field, the id of the record whose value wins; the rest is decided by rules.',
      },
    },
    required: ['absorb'],
    additionalProperties: false,
  }
}

function closed(properties: Record<string, Schema>, optional: readonly string[]): Schema {
  const required = Object.keys(properties).filter(name => !optional.includes(name))
  return { type: 'object', properties, required, additionalProperties: false }
}

import { accessExchanges } from '#functions/api/openapi/access-operations.ts'
import { emptyAnswer, errorAnswers, jsonAnswer } from '#functions/api/openapi/answers.ts'
import { backupExchanges } from '#functions/api/openapi/backup-operations.ts'
import { type Body, jsonBody } from '#functions/api/openapi/bodies.ts'
import { duplicateExchanges, groupExchanges } from '#functions/api/openapi/duplicate-operations.ts'
import { exampleFields, exampleId, exampleInput, exampleRecord } from '#functions/api/openapi/examples.ts'
import { reference, type Schema } from '#functions/api/openapi/fields.ts'
import { jobExchanges } from '#functions/api/openapi/job-operations.ts'
import { operationTexts } from '#functions/api/openapi/operation-texts.ts'
import { parametersOf } from '#functions/api/openapi/parameters.ts'
import { qualityExchanges } from '#functions/api/openapi/quality-operations.ts'
import { pluralName, typeName } from '#functions/api/openapi/record-schemas.ts'
import { refreshExchanges, verifyExchanges } from '#functions/api/openapi/refresh-operations.ts'
import { restoreExchanges } from '#functions/api/openapi/restore-operations.ts'
import { runExchanges } from '#functions/api/openapi/run-operations.ts'
import { settingsExchanges } from '#functions/api/openapi/settings-operations.ts'
import type { OperationId, routes } from '#schemas/api/routes.ts'
import { apiVersion } from '#schemas/api/version.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

type ListedRoute = (typeof routes)[number]
type RecordOperation = Extract<ListedRoute, { path: `/v1/{object}${string}` }>['operationId']
type OtherOperation = Exclude<OperationId, RecordOperation>
/** What an operation takes and what it answers when all is well. */
type Exchange = { body?: Body; answers: Record<string, Schema> }

/** The operation of a route for one object. */
export function recordOperation(route: ListedRoute, operationId: RecordOperation, object: ObjectDefinition): Schema {
  const own = { operationId: operationName(operationId, object), tags: [object.pluralLabel.en] }
  return { ...own, ...describe(route, exchanges[operationId](object), object) }
}

/** The operation of a route that is not about the records of one object. */
export function otherOperation(route: ListedRoute, operationId: OtherOperation): Schema {
  const isAboutService = route.isPublic
  return {
    operationId,
    tags: [isAboutService ? 'Service' : 'Workspace'],
    ...describe(route, others[operationId], undefined),
  }
}

function describe(route: ListedRoute, { body, answers }: Exchange, object: ObjectDefinition | undefined): Schema {
  const { summary, description, codes } = operationTexts[route.operationId]
  return {
    summary: named(summary, object),
    description: named(description, object),
    ...(route.isPublic && { security: [] }),
    parameters: parametersOf(route, object),
    ...body,
    responses: { ...answers, ...errorAnswers(codes, route.isPublic) },
  }
}

/** createRecord of customers is createCustomer, readHistory is readCustomerHistory. */
function operationName(operationId: RecordOperation, object: ObjectDefinition): string {
  if (operationId === 'findRecords') return `find${pluralName(object)}`
  if (operationId.endsWith('Record')) return operationId.replace('Record', typeName(object))
  return operationId.replace(/(?=[A-Z])/, typeName(object))
}

function named(text: string, object: ObjectDefinition | undefined): string {
  if (!object) return text
  const [one, many] = [object.label.en.toLowerCase(), object.pluralLabel.en.toLowerCase()]
  return text
    .replaceAll('{one}', one)
    .replaceAll('{many}', many)
    .replace(/\ba (?=[aeio])/, 'an ')
}

const writeHeaders = ['ETag', 'IdempotencyReplayed']

const exchanges: Readonly<Record<RecordOperation, (object: ObjectDefinition) => Exchange>> = {
  ...duplicateExchanges,
  ...verifyExchanges,
  createRecord: object => ({
    body: jsonBody(reference(`${typeName(object)}Input`), exampleInput(object)),
    answers: { ...dryRunAnswer(object), 201: createdAnswer(object) },
  }),
  findRecords: object => ({
    answers: {
      200: jsonAnswer('A page of records.', reference(`${typeName(object)}Page`), {
        example: { items: [exampleRecord(object)], nextCursor: 'eyJzIjoiMjAyNi0wMy0zMVQwMTowMDowMC4wMDBaIn0' },
      }),
    },
  }),
  runBatch: object => ({
    body: jsonBody(reference(`${typeName(object)}Batch`), {
      atomic: false,
      operations: [
        { op: 'create', record: exampleInput(object) },
        { op: 'delete', id: exampleId(object.name), ifVersion: 3 },
      ],
    }),
    answers: {
      200: jsonAnswer('What became of each operation.', reference(`${typeName(object)}BatchResults`), {
        headers: ['IdempotencyReplayed', 'DryRun'],
        example: { results: [{ status: 204, id: exampleId(object.name) }] },
      }),
    },
  }),
  upsertRecord: object => ({
    body: jsonBody(reference(`${typeName(object)}Input`), exampleInput(object)),
    answers: {
      200: recordAnswer('The record, changed.', object, [...writeHeaders, 'DryRun']),
      201: createdAnswer(object),
    },
  }),
  getRecord: object => ({
    answers: {
      200: recordAnswer('The record.', object, ['ETag']),
      304: emptyAnswer('The caller has this version already.', ['ETag']),
    },
  }),
  updateRecord: object => ({ body: patchBody(object), answers: changedAnswers('The record, changed.', object) }),
  removeRecord: object => ({
    answers: { ...dryRunAnswer(object), 204: emptyAnswer('Deleted.', ['IdempotencyReplayed']) },
  }),
  restoreRecord: object => ({ answers: changedAnswers('The record, restored.', object) }),
  revertRecord: object => ({
    body: jsonBody(
      {
        type: 'object',
        properties: { toVersion: { type: 'integer', minimum: 1, description: 'Version whose values it gets again.' } },
        required: ['toVersion'],
        additionalProperties: false,
      },
      { toVersion: 1 },
    ),
    answers: changedAnswers('The record, as it was.', object),
  }),
  readHistory: () => ({ answers: { 200: jsonAnswer('A page of changes.', reference('History'), {}) } }),
  readTimeline: object => ({
    answers: { 200: jsonAnswer('A page of the timeline.', reference(`${typeName(object)}Timeline`), {}) },
  }),
}

const others: Readonly<Record<OtherOperation, Exchange>> = {
  ...jobExchanges,
  ...groupExchanges,
  ...qualityExchanges,
  ...settingsExchanges,
  ...accessExchanges,
  ...runExchanges,
  ...restoreExchanges,
  ...backupExchanges,
  ...refreshExchanges,
  search: { answers: { 200: jsonAnswer('Hits, best first.', reference('SearchHits'), {}) } },
  whoAmI: { answers: { 200: jsonAnswer('The caller.', reference('Me'), {}) } },
  listObjects: { answers: { 200: jsonAnswer('All objects.', reference('ObjectList'), {}) } },
  readObject: { answers: { 200: jsonAnswer('The object.', reference('ObjectDefinition'), {}) } },
  readOpenApi: {
    answers: { 200: jsonAnswer('This document.', { type: 'object' }, { headers: ['ETag'] }), 304: unchanged() },
  },
  readDocs: { answers: { 200: fileAnswer('A page.', ['text/html']), 304: unchanged() } },
  readDocsAsset: {
    answers: { 200: fileAnswer('The file.', ['text/javascript', 'text/css', 'text/plain']), 304: unchanged() },
  },
  checkHealth: {
    answers: { 200: jsonAnswer('It is.', reference('Health'), { example: { status: 'ok', version: apiVersion } }) },
  },
}

function patchBody(object: ObjectDefinition): Body {
  const schema = reference(`${typeName(object)}Patch`)
  const example = { [object.titleField]: exampleFields(object)[object.titleField] ?? null }
  const content = { schema, example }
  return {
    requestBody: { required: true, content: { 'application/merge-patch+json': content, 'application/json': content } },
  }
}

function recordAnswer(description: string, object: ObjectDefinition, headers: string[]): Schema {
  return jsonAnswer(description, reference(typeName(object)), { headers, example: exampleRecord(object) })
}

function createdAnswer(object: ObjectDefinition): Schema {
  return recordAnswer('The new record.', object, ['Location', ...writeHeaders])
}

function changedAnswers(description: string, object: ObjectDefinition): Record<string, Schema> {
  return { 200: recordAnswer(description, object, [...writeHeaders, 'DryRun']) }
}

function dryRunAnswer(object: ObjectDefinition): Record<string, Schema> {
  return { 200: recordAnswer('With `dryRun=true`: the record as it would be.', object, ['DryRun']) }
}

function fileAnswer(description: string, types: string[]): Schema {
  const content = Object.fromEntries(types.map(type => [type, { schema: { type: 'string' } }]))
  return { ...emptyAnswer(description, ['ETag']), content }
}

function unchanged(): Schema {
  return emptyAnswer('The caller has it already.', ['ETag'])
}

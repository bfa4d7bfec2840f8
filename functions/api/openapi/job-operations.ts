import * as z from 'zod'
import { emptyAnswer, jsonAnswer } from '#functions/api/openapi/answers.ts'
import { exampleId } from '#functions/api/openapi/examples.ts'
import { reference, type Schema } from '#functions/api/openapi/fields.ts'
import { CreateExport } from '#schemas/api/exports.ts'
import { CreateImport, InspectImport, StartImport } from '#schemas/api/imports.ts'
import type { OperationId } from '#schemas/api/routes.ts'
import { isJsonObject, type Json, type JsonObject } from '#schemas/json.ts'

const counts = { rows: 3, created: 2, updated: 0, skipped: 0, rejected: 1 }
const exampleImport: JsonObject = {
  id: exampleId('import'),
  object: 'import',
  version: 3,
  state: 'succeeded',
  fileName: '客户.csv',
  target: 'customers',
  onDuplicate: 'skip',
  dryRun: false,
  counts,
  progress: 1,
  ownerId: exampleId('user'),
  createdAt: '2026-03-31T01:00:00.000Z',
}

/** What the operations of imports and exports take, and what they answer when all is well. */
export const jobExchanges = {
  createImport: {
    ...body(CreateImport.body, { fileName: '客户.csv', object: 'customers' }, false),
    answers: { 201: importAnswer('The new import, and where its file goes.', 'NewImportJob', ['Location', 'ETag']) },
  },
  inspectImport: {
    ...body(InspectImport.body, { object: 'customers' }, false),
    answers: { 200: jsonAnswer('What the file holds.', reference('ImportInspection'), {}) },
  },
  startImport: {
    ...body(StartImport.body, { object: 'customers', onDuplicate: 'skip', dryRun: true }, true),
    answers: { 202: importAnswer('The import, running.') },
  },
  getImport: { answers: { 200: importAnswer('The import.', 'ImportJob', ['ETag']) } },
  cancelImport: { ...emptyBody(), answers: { 202: importAnswer('The import, being canceled.') } },
  undoImport: { ...emptyBody(), answers: { 202: importAnswer('The import, being undone.') } },
  readImportRejects: {
    answers: {
      200: {
        ...emptyAnswer('The rejected rows.'),
        content: {
          'text/csv': { schema: { type: 'string' }, example: 'row,reasons,name\r\n2,name: is required.,\r\n' },
        },
      },
      303: emptyAnswer('The file is large: get it, without a token, from `Location` within 15 minutes.', ['Location']),
    },
  },
  readImportConflicts: { answers: { 200: jsonAnswer('A page of conflicts.', reference('ImportConflicts'), {}) } },
  createExport: {
    ...body(CreateExport.body, { object: 'customers', filter: 'record.tier == "A"', format: 'csv' }, true),
    answers: { 202: jsonAnswer('The export, running.', reference('ExportJob'), { headers: ['Location'] }) },
  },
  getExport: { answers: { 200: jsonAnswer('The export.', reference('ExportJob'), {}) } },
} satisfies Partial<Record<OperationId, { body?: { requestBody: Schema }; answers: Record<string, Schema> }>>

function importAnswer(description: string, name = 'ImportJob', headers: string[] = []): Schema {
  const upload = {
    url: 'https://files.example/imports/imp_01jq2v7m4hf8r9s0t1v2w3x4y5/file?X-Amz-Signature=1f2e',
    method: 'PUT',
    headers: { 'content-type': 'text/csv' },
    expiresAt: '2026-03-31T02:00:00.000Z',
  }
  const example = name === 'NewImportJob' ? { ...exampleImport, upload } : exampleImport
  return jsonAnswer(description, reference(name), { headers, example })
}

function emptyBody() {
  const schema = { type: 'object', additionalProperties: false }
  return { body: { requestBody: { required: false, content: { 'application/json': { schema, example: {} } } } } }
}

function body(shape: z.ZodType, example: Schema, required: boolean) {
  // A JSON round trip makes plain JSON of what zod gives.
  const plain: Json = JSON.parse(JSON.stringify(z.toJSONSchema(shape, { io: 'input' })))
  const { $schema: _dialect, ...schema } = isJsonObject(plain) ? plain : {}
  return { body: { requestBody: { required, content: { 'application/json': { schema, example } } } } }
}

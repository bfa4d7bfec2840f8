import { emptyAnswer, jsonAnswer } from '#functions/api/openapi/answers.ts'
import { bodyOf, emptyBody } from '#functions/api/openapi/bodies.ts'
import { exampleId } from '#functions/api/openapi/examples.ts'
import { reference, type Schema } from '#functions/api/openapi/fields.ts'
import { CreateExport } from '#schemas/api/exports.ts'
import { CreateImport, InspectImport, StartImport } from '#schemas/api/imports.ts'
import type { OperationId } from '#schemas/api/routes.ts'
import type { JsonObject } from '#schemas/json.ts'

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
    body: bodyOf(CreateImport.body, { fileName: '客户.csv', object: 'customers' }, { isOptional: true }),
    answers: { 201: importAnswer('The new import, and where its file goes.', 'NewImportJob', ['Location', 'ETag']) },
  },
  inspectImport: {
    body: bodyOf(InspectImport.body, { object: 'customers' }, { isOptional: true }),
    answers: { 200: jsonAnswer('What the file holds.', reference('ImportInspection'), {}) },
  },
  startImport: {
    body: bodyOf(StartImport.body, { object: 'customers', onDuplicate: 'skip', dryRun: true }),
    answers: { 202: importAnswer('The import, running.') },
  },
  getImport: { answers: { 200: importAnswer('The import.', 'ImportJob', ['ETag']) } },
  cancelImport: { body: emptyBody(), answers: { 202: importAnswer('The import, being canceled.') } },
  undoImport: { body: emptyBody(), answers: { 202: importAnswer('The import, being undone.') } },
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
    body: bodyOf(CreateExport.body, { object: 'customers', filter: 'record.tier == "A"', format: 'csv' }),
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

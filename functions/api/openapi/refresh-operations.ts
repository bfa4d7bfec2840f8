import { jsonAnswer } from '#functions/api/openapi/answers.ts'
import { type Body, bodyOf } from '#functions/api/openapi/bodies.ts'
import { exampleFields, exampleId, exampleRecord } from '#functions/api/openapi/examples.ts'
import { reference, type Schema } from '#functions/api/openapi/fields.ts'
import { typeName } from '#functions/api/openapi/record-schemas.ts'
import { CreateAudit, RecordAuditResult } from '#schemas/api/audits.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

type Exchange = { body?: Body; answers: Record<string, Schema> }

/** What verifying takes for one object, and what it answers. */
export const verifyExchanges = {
  verifyRecord: (object: ObjectDefinition): Exchange => ({
    body: verifyBody(object),
    answers: {
      200: jsonAnswer('The record, verified.', reference(typeName(object)), {
        headers: ['ETag', 'IdempotencyReplayed', 'DryRun'],
        example: exampleRecord(object),
      }),
    },
  }),
}

/** The same for refresh plans and audits. */
export const refreshExchanges = {
  findRefreshPlans: { answers: { 200: jsonAnswer('A page of plans.', reference('RefreshProgressPage'), {}) } },
  getRefreshPlan: { answers: { 200: jsonAnswer('The plan.', reference('RefreshProgress'), {}) } },
  createAudit: {
    body: bodyOf(CreateAudit.body, { month: '2026-03', perOwner: 5 }),
    answers: {
      202: jsonAnswer('The audit; its sample is being drawn.', reference('AuditProgress'), { headers: ['Location'] }),
    },
  },
  findAudits: { answers: { 200: jsonAnswer('A page of audits.', reference('AuditProgressPage'), {}) } },
  getAudit: { answers: { 200: jsonAnswer('The audit.', reference('AuditProgress'), {}) } },
  recordAuditResult: {
    body: bodyOf(RecordAuditResult.body, {
      recordId: exampleId('customer'),
      result: 'wrong',
      wrongFields: ['phones'],
      note: 'The number is no longer in service.',
    }),
    answers: { 200: jsonAnswer('The record of the sample.', reference('AuditedRecord'), {}) },
  },
} satisfies Record<string, Exchange>

function verifyBody(object: ObjectDefinition): Body {
  const title = exampleFields(object)[object.titleField] ?? null
  const schema: Schema = {
    type: 'object',
    properties: {
      fields: { ...reference(`${typeName(object)}Patch`), description: 'What was wrong, put right: a merge patch.' },
      note: {
        type: 'string',
        minLength: 1,
        maxLength: 500,
        description: 'What the verification found; kept with the task.',
      },
    },
    additionalProperties: false,
  }
  const example = { fields: { [object.titleField]: title }, note: 'Called: all is right.' }
  return { requestBody: { required: false, content: { 'application/json': { schema, example } } } }
}

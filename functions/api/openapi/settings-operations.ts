import { emptyAnswer, jsonAnswer } from '#functions/api/openapi/answers.ts'
import { type Body, bodyOf, schemaOf } from '#functions/api/openapi/bodies.ts'
import { exampleId } from '#functions/api/openapi/examples.ts'
import { reference, type Schema } from '#functions/api/openapi/fields.ts'
import { RevertSettings, webhookSecretView } from '#schemas/api/settings.ts'
import { isJsonObject, type Json } from '#schemas/json.ts'
import { defaultPolicy, tenantPolicy } from '#schemas/settings.ts'

type Exchange = { body?: Body; answers: Record<string, Schema> }

const patch = {
  cleanup: { frequency: 'daily', time: '03:00' },
  standards: { customer: { industry: { required: true } } },
}
const example: Schema = {
  id: exampleId('setting'),
  object: 'setting',
  version: 1,
  ...plain(defaultPolicy),
  updatedAt: '2026-03-31T01:00:00.000Z',
  updatedBy: exampleId('user'),
}
const written = { headers: ['ETag', 'IdempotencyReplayed', 'DryRun'], example }

/** What the operations on settings take, and what they answer. */
export const settingsExchanges = {
  readSettings: {
    answers: {
      200: jsonAnswer('The settings.', reference('Settings'), { headers: ['ETag'], example }),
      304: emptyAnswer('The caller has this version already.', ['ETag']),
    },
  },
  changeSettings: {
    body: patchBody(),
    answers: { 200: jsonAnswer('The settings, changed.', reference('Settings'), written) },
  },
  readWebhookSecret: {
    answers: {
      200: jsonAnswer('The secret.', schemaOf(webhookSecretView), {
        example: { secret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD' },
      }),
    },
  },
  readSettingsHistory: { answers: { 200: jsonAnswer('A page of changes.', reference('History'), {}) } },
  revertSettings: {
    body: bodyOf(RevertSettings.body, { toVersion: 1 }),
    answers: { 200: jsonAnswer('The settings, as they were.', reference('Settings'), written) },
  },
} satisfies Record<string, Exchange>

function patchBody(): Body {
  const content = { schema: patchSchema(schemaOf(tenantPolicy)), example: patch }
  return {
    requestBody: { required: true, content: { 'application/merge-patch+json': content, 'application/json': content } },
  }
}

/** A schema of all members as one of a merge patch: every member may be absent, or null to set it back to its default. */
function patchSchema(schema: Schema): Schema {
  const { required: _all, default: _absentIsNoDefault, ...rest } = schema
  const { properties, additionalProperties } = rest
  return {
    ...rest,
    ...(isJsonObject(properties) && { properties: mapMembers(properties, member => orNull(patchSchema(member))) }),
    ...(isJsonObject(additionalProperties) && { additionalProperties: orNull(patchSchema(additionalProperties)) }),
  }
}

function orNull(schema: Schema): Schema {
  return { anyOf: [schema, { type: 'null' }] }
}

function mapMembers(members: Schema, map: (member: Schema) => Schema): Schema {
  return Object.fromEntries(
    Object.entries(members).map(([name, member]) => [name, isJsonObject(member) ? map(member) : member]),
  )
}

/** A JSON round trip makes plain JSON of what zod gives. */
function plain(value: object): Schema {
  const json: Json = JSON.parse(JSON.stringify(value))
  return isJsonObject(json) ? json : {}
}

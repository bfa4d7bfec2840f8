import type { Schema } from '#functions/api/openapi/fields.ts'

/** The body that an operation takes. */
export type Body = { requestBody: Schema }

/** A JSON body that must be sent. */
export function jsonBody(schema: Schema, example: Schema): Body {
  return { requestBody: { required: true, content: { 'application/json': { schema, example } } } }
}

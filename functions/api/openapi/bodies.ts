import * as z from 'zod'
import type { Schema } from '#functions/api/openapi/fields.ts'
import { isJsonObject, type Json } from '#schemas/json.ts'

/** The body that an operation takes. */
export type Body = { requestBody: Schema }

/** A JSON body; it must be sent unless it is optional. */
export function jsonBody(schema: Schema, example: Schema, { isOptional = false } = {}): Body {
  return { requestBody: { required: !isOptional, content: { 'application/json': { schema, example } } } }
}

/** The body of a contract. */
export function bodyOf(shape: z.ZodType, example: Schema, options: { isOptional?: boolean } = {}): Body {
  return jsonBody(schemaOf(shape), example, options)
}

/** The body of an operation that takes none: nothing, or an object without members. */
export function emptyBody(): Body {
  return jsonBody({ type: 'object', additionalProperties: false }, {}, { isOptional: true })
}

/** What a contract takes, as a schema of the document. */
export function schemaOf(shape: z.ZodType): Schema {
  // A JSON round trip makes plain JSON of what zod gives.
  const plain: Json = JSON.parse(JSON.stringify(z.toJSONSchema(shape, { io: 'input' })))
  const { $schema: _dialect, ...schema } = isJsonObject(plain) ? plain : {}
  return schema
}

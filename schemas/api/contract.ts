import * as z from 'zod'
import type { OperationId } from '#schemas/api/routes.ts'

/** What a request to one operation must look like: its path and query parameters and its JSON body. */
export type Contract<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = {
  operationId: OperationId
  path: P
  query: Q
  body: B
}

/** What a handler gets of a request that fits its contract. */
export type InputOf<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = {
  path: z.output<P>
  query: z.output<Q>
  body: z.output<B>
}

/** Declares the requests an operation takes; the handler's input type and the OpenAPI parameters follow from it. */
export function defineContract<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  contract: Contract<P, Q, B>,
): Contract<P, Q, B> {
  return contract
}

/** No parameters at all. */
export const noParameters = z.strictObject({})
/** The operation takes no body. */
export const noBody = z.undefined()
/** A body may be sent, but has nothing to say. */
export const emptyBody = z.strictObject({}).optional()

/** A JSON object whose members the record engine checks. */
export const anyObject = z.custom<Record<string, unknown>>(isObject, 'must be a JSON object')

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

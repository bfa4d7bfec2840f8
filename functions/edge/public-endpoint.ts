import type * as z from 'zod'
import type { Endpoint } from '#functions/edge/endpoint.ts'
import { bodyPointer, parseAt, queryPointer } from '#functions/edge/field-problems.ts'
import { type Answer, type Call, headerOf } from '#functions/edge/http.ts'
import { parseQuery } from '#functions/edge/parse-query.ts'
import type { Contract, InputOf } from '#schemas/api/contract.ts'
import { routeOf } from '#schemas/api/routes.ts'

/** What a public handler gets beside the parsed parts of a request. */
export type PublicRequest = { accepts(encoding: string): boolean; ifNoneMatch: string | undefined }

/** Answers an operation for anybody: no token, no table. */
export function onPublic<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  contract: Contract<P, Q, B>,
  handle: (request: InputOf<P, Q, B> & PublicRequest) => Promise<Answer>,
): Endpoint {
  const route = routeOf(contract.operationId)
  if (!route.isPublic) throw new Error(`${route.operationId} needs a signed-in caller: answer it with on`)
  return {
    route,
    answer: async ({ event }: Call) =>
      handle({
        path: parseAt(contract.path, event.pathParameters ?? {}, bodyPointer),
        query: parseAt(contract.query, parseQuery(event.rawQueryString), queryPointer),
        body: parseAt(contract.body, undefined, bodyPointer),
        accepts: encoding => (headerOf(event, 'accept-encoding') ?? '').toLowerCase().includes(encoding),
        ifNoneMatch: headerOf(event, 'if-none-match'),
      }),
  }
}

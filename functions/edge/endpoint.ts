import type * as z from 'zod'
import { authenticate } from '#functions/edge/authenticate.ts'
import { openContext, openStore } from '#functions/edge/context.ts'
import { bodyPointer, parseAt, queryPointer } from '#functions/edge/field-problems.ts'
import { type Answer, type Call, headerOf } from '#functions/edge/http.ts'
import { readIdempotency } from '#functions/edge/idempotency.ts'
import { largestBatchBytes, largestBodyBytes, parseBody } from '#functions/edge/parse-body.ts'
import { parseQuery } from '#functions/edge/parse-query.ts'
import { isGuarded } from '#lib/access-log/guarded.ts'
import { systemClock } from '#lib/runtime/clock.ts'
import type { Context } from '#lib/runtime/context.ts'
import { loadPolicy } from '#lib/settings/policy.ts'
import type { Contract, InputOf } from '#schemas/api/contract.ts'
import { type Route, routeOf } from '#schemas/api/routes.ts'
import type { TenantPolicy } from '#schemas/settings.ts'

/** One operation with what answers it. */
export type Endpoint = { route: Route; answer(call: Call): Promise<Answer> }

/** What a handler gets beside the parsed parts of a request. */
export type Sent = {
  method: string
  rawPath: string
  traceId: string
  ifMatch: string | undefined
  ifNoneMatch: string | undefined
}

/** Answers an operation for signed-in callers, once the request fits its contract. */
export function on<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  contract: Contract<P, Q, B>,
  handle: (ctx: Context, input: InputOf<P, Q, B> & Sent) => Promise<Answer>,
): Endpoint {
  const route = routeOf(contract.operationId)
  if (route.isPublic) throw new Error(`${route.operationId} is public: answer it with onPublic`)
  const maxBytes = contract.operationId === 'runBatch' ? largestBatchBytes : largestBodyBytes
  return {
    route,
    async answer(call) {
      const { event } = call
      const ctx = await contextOf(call)
      const input = {
        method: event.requestContext.http.method,
        rawPath: event.rawPath,
        traceId: call.traceId,
        path: parseAt(contract.path, event.pathParameters ?? {}, bodyPointer),
        query: parseAt(contract.query, parseQuery(event.rawQueryString), queryPointer),
        body: parseAt(contract.body, takesBody(route) ? bodyOf(call, maxBytes) : undefined, bodyPointer),
        ifMatch: headerOf(event, 'if-match'),
        ifNoneMatch: headerOf(event, 'if-none-match'),
      }
      call.isGuarded = isGuarded(ctx, { ...route, plural: event.pathParameters?.['object'], body: input.body })
      const idempotency = route.method === 'GET' ? undefined : readIdempotency(event, ctx.actor.id)
      return handle(idempotency ? { ...ctx, idempotency } : ctx, input)
    },
  }
}

/** Kept with the call: the access log names its fields. */
function bodyOf(call: Call, maxBytes: number): unknown {
  call.body = parseBody(call.event, maxBytes)
  return call.body
}

async function contextOf(call: Call): Promise<Context> {
  const { requestId, log } = call
  const store = openStore()
  call.meter = store.meter
  // Both are remembered for some seconds; when neither is, they are read at once.
  const [actor, policy] = await Promise.all([authenticate(call, store), loadPolicy({ store, clock: systemClock, log })])
  noteCountry(call, policy)
  return { ...openContext({ actor, requestId, source: 'api', log }, store), policy }
}

function noteCountry(call: Call, { accessLog }: TenantPolicy): void {
  const name = accessLog.watch.countryHeader
  const country = name === undefined ? undefined : headerOf(call.event, name)
  if (country !== undefined && /^[A-Z]{2}$/.test(country)) call.country = country
}

function takesBody(route: Route): boolean {
  return route.method !== 'GET' && route.method !== 'DELETE'
}

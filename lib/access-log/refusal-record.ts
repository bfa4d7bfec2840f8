import * as z from 'zod'
import { callRecord } from '#lib/access-log/call-record.ts'
import type { Home } from '#lib/access-log/record-parts.ts'
import { routes } from '#schemas/api/routes.ts'
import type { AccessRecord } from '#schemas/events/access-recorded.ts'

/** A line of the gateway's own log (its format is in infra/stacks/api.ts): all values are texts, `-` where there is none. */
export const gatewayLine = z.object({
  requestId: z.string().min(1),
  timeMs: z.string().regex(/^\d{13}$/),
  sourceIp: z.string(),
  userAgent: z.string(),
  method: z.string(),
  path: z.string(),
  routeKey: z.string(),
  status: z
    .string()
    .regex(/^\d{3}$/)
    .transform(Number),
  latencyMs: z.string(),
})

/** A line of the gateway's own log. */
export type GatewayLine = z.infer<typeof gatewayLine>

/** What the gateway refuses by itself, by status. */
const problems: Readonly<Record<number, { code: string; title: string }>> = {
  400: { code: 'validation_failed', title: 'Bad request' },
  404: { code: 'not_found', title: 'Not found' },
  413: { code: 'payload_too_large', title: 'Payload too large' },
  429: { code: 'rate_limited', title: 'Too many requests' },
  431: { code: 'payload_too_large', title: 'Request headers too large' },
  503: { code: 'unavailable', title: 'Service unavailable' },
}

/**
 * The access record of a request that the gateway answered without a function, or whose function answered nothing. The
 * gateway looks at no token, so it says nobody. Undefined for a browser's question whether it may ask (CORS preflight).
 */
export function refusalRecord(home: Home, line: GatewayLine): AccessRecord | undefined {
  const { requestId, method, path, status } = line
  if (method === 'OPTIONS' && status < 400) return undefined
  const route = routes.find(each => `${each.method} ${each.path}` === line.routeKey)
  const problem = problems[status] ?? { code: 'internal', title: 'Internal error' }
  return callRecord(home, {
    ...{ requestId, method, path, traceId: requestId, query: {}, body: undefined, caller: undefined },
    startedAt: new Date(Number(line.timeMs)),
    durationMs: Number(line.latencyMs) || 0,
    sourceIp: line.sourceIp,
    userAgent: line.userAgent,
    operationId: route?.operationId,
    pathParameters: route ? parametersIn(route.path, path) : {},
    answer: { status, ...(status >= 400 && { json: problem }) },
  })
}

function parametersIn(pattern: string, path: string): Record<string, string | undefined> {
  const steps = path.split('/')
  const named = pattern.split('/').map((part, i) => [/^\{(\w+)\}$/.exec(part)?.[1], steps[i]] as const)
  return Object.fromEntries(named.flatMap(([name, value]) => (name === undefined ? [] : [[name, value]])))
}

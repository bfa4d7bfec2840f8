import type { Call } from '#functions/edge/http.ts'
import { headerOf } from '#functions/edge/http.ts'

/** What the request cost, when it was asked for with `Prefer: server-timing` (RFC 7240, W3C Server Timing). */
export function serverTiming(call: Call): Record<string, string> {
  const prefer = headerOf(call.event, 'prefer')
  if (!prefer || !/(^|[,\s])server-timing($|[,;\s])/i.test(prefer)) return {}
  const { calls, ms, readUnits, writeUnits } = call.meter ?? { calls: 0, ms: 0, readUnits: 0, writeUnits: 0 }
  const parts = [
    `total;dur=${rounded(performance.now() - call.startedAt)}`,
    `db;dur=${rounded(ms)};desc="${calls} ${calls === 1 ? 'call' : 'calls'}"`,
    `read;desc="${rounded(readUnits)} RCU"`,
    `write;desc="${rounded(writeUnits)} WCU"`,
    `log;dur=${rounded(call.logMs ?? 0)}`,
  ]
  return { 'server-timing': parts.join(', '), 'preference-applied': 'server-timing' }
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}

import { appendFileSync } from 'node:fs'
import type { GatewayRequest } from './event.ts'

/** Facts about a finished request that an access log format may name. */
export type AccessLogEntry = {
  request: GatewayRequest
  routeKey: string
  status: number
  responseBytes: number
  /** Whether a function was asked. */
  isIntegrated: boolean
}

/** Writes access log lines in batches. */
export type AccessLog = {
  /** Answers the line. */
  write(entry: AccessLogEntry): string
  close(): void
}

/** 250 ms: late enough to batch, early enough for someone watching the file. */
const flushAfterMs = 250

const defaultFormat =
  '{"requestId":"$context.requestId","ip":"$context.identity.sourceIp","time":"$context.requestTimeEpoch",' +
  '"method":"$context.httpMethod","routeKey":"$context.routeKey","path":"$context.path","status":$context.status,' +
  '"responseLength":$context.responseLength,"latencyMs":$context.responseLatency}'

/** Opens the access log with the stage's format, whose `$context` variables are replaced in every line. */
export function openAccessLog(file: string, format = defaultFormat, echo?: (line: string) => void): AccessLog {
  const parts = format.split(/\$context\.([A-Za-z.]+)/)
  let lines: string[] = []
  let timer: NodeJS.Timeout | undefined
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    if (lines.length > 0) appendFileSync(file, `${lines.join('\n')}\n`)
    lines = []
  }
  return {
    write: entry => {
      const line = parts.map((part, index) => (index % 2 === 0 ? part : variableText(part, entry))).join('')
      lines.push(line)
      echo?.(line)
      timer ??= setTimeout(flush, flushAfterMs)
      return line
    },
    close: flush,
  }
}

function variableText(name: string, entry: AccessLogEntry): string {
  const read = variables[name]
  return read ? escapeJson(String(read(entry))) : '-'
}

const variables: Record<string, (entry: AccessLogEntry) => string | number> = {
  requestId: ({ request }) => request.requestId,
  extendedRequestId: ({ request }) => request.requestId,
  'identity.sourceIp': ({ request }) => request.sourceIp,
  'identity.userAgent': ({ request }) => request.headers['user-agent'] ?? '-',
  requestTime: ({ request }) => new Date(request.timeMs).toISOString(),
  requestTimeEpoch: ({ request }) => request.timeMs,
  httpMethod: ({ request }) => request.method,
  path: ({ request }) => request.path,
  protocol: () => 'HTTP/1.1',
  domainName: ({ request }) => request.headers.host ?? '-',
  routeKey: ({ routeKey }) => routeKey,
  status: ({ status }) => status,
  responseLength: ({ responseBytes }) => responseBytes,
  responseLatency: ({ request }) => Date.now() - request.timeMs,
  'integration.latency': integrationLatency,
  integrationLatency,
}

function integrationLatency({ request, isIntegrated }: AccessLogEntry): number | string {
  return isIntegrated ? Date.now() - request.timeMs : '-'
}

function escapeJson(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

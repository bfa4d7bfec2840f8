import type { GatewayRequest } from './event.ts'

/** CORS configuration of an HTTP API. */
export type CorsRules = {
  origins: readonly string[]
  methods: readonly string[]
  headers: readonly string[]
  exposedHeaders: readonly string[]
  maxAgeS: number | undefined
  allowsCredentials: boolean
}

/** Whether the request is a preflight, which the gateway answers without asking a function. */
export function isPreflight({ method, headers }: GatewayRequest): boolean {
  return method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined
}

/** Headers that let a browser on an allowed origin read the response; none for any other origin. */
export function corsHeaders(rules: CorsRules, { headers }: GatewayRequest): Record<string, string> {
  const allowed = allowedOrigin(rules, headers.origin)
  if (allowed === undefined) return {}
  return {
    'access-control-allow-origin': allowed,
    ...(allowed === '*' ? {} : { vary: 'origin' }),
    ...(rules.allowsCredentials ? { 'access-control-allow-credentials': 'true' } : {}),
    ...(rules.exposedHeaders.length > 0 ? { 'access-control-expose-headers': rules.exposedHeaders.join(',') } : {}),
  }
}

/** Headers of the answer to a preflight. */
export function preflightHeaders(rules: CorsRules, request: GatewayRequest): Record<string, string> {
  if (allowedOrigin(rules, request.headers.origin) === undefined) return {}
  return {
    ...corsHeaders(rules, request),
    'access-control-allow-methods': rules.methods.join(','),
    'access-control-allow-headers': rules.headers.join(','),
    ...(rules.maxAgeS === undefined ? {} : { 'access-control-max-age': String(rules.maxAgeS) }),
  }
}

function allowedOrigin({ origins }: CorsRules, origin: string | undefined): string | undefined {
  if (origin === undefined) return undefined
  if (origins.includes('*')) return '*'
  return origins.includes(origin) ? origin : undefined
}

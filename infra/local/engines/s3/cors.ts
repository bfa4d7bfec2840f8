import type { S3 } from './s3.ts'
import type { S3Reply, S3Request } from './s3-request.ts'
import { element, innerXmlOf, textOf } from './xml.ts'

/** What browsers of other origins may do, as a template says it. */
export type CorsRule = {
  allowedOrigins: string[]
  allowedMethods: string[]
  allowedHeaders?: string[] | undefined
  exposedHeaders?: string[] | undefined
  maxAgeS?: number | undefined
}

/** A CORS configuration as PutBucketCors sends it. */
export function corsDocument(rules: CorsRule[]): string {
  const list = (name: string, values: string[] = []) => values.map(value => element(name, value)).join('')
  const entries = rules.map(
    rule =>
      `<CORSRule>${list('AllowedOrigin', rule.allowedOrigins)}${list('AllowedMethod', rule.allowedMethods)}` +
      `${list('AllowedHeader', rule.allowedHeaders)}${list('ExposeHeader', rule.exposedHeaders)}` +
      `${element('MaxAgeSeconds', rule.maxAgeS)}</CORSRule>`,
  )
  return `<CORSConfiguration>${entries.join('')}</CORSConfiguration>`
}

/** Answers a browser's preflight request. */
export function answerPreflight(s3: S3, request: S3Request): S3Reply {
  const { 'access-control-request-method': method = '', 'access-control-request-headers': asked = '' } = request.headers
  const headers = corsHeaders(s3, request, method)
  if (Object.keys(headers).length === 0 || !mayAsk(s3, request, asked)) return { status: 403 }
  return { status: 200, headers: { ...headers, 'access-control-allow-headers': asked } }
}

/** Whether some rule of the bucket allows all headers that a browser asks for. */
function mayAsk(s3: S3, request: S3Request, asked: string): boolean {
  const { origin = '', 'access-control-request-method': method = '' } = request.headers
  const names = asked.split(',').flatMap(name => name.trim().toLowerCase() || [])
  return rulesOf(s3, request)
    .filter(rule => fits(rule, origin, method))
    .some(rule => {
      const allowed = innerXmlOf(rule, 'AllowedHeader').map(name => originPattern(name.toLowerCase()))
      return names.every(name => allowed.some(pattern => pattern.test(name)))
    })
}

/** Headers that let the request's origin read the answer; none when no rule of the bucket fits. */
export function corsHeaders(s3: S3, request: S3Request, method = request.method): Record<string, string> {
  const { origin } = request.headers
  if (origin === undefined) return {}
  const rule = rulesOf(s3, request).find(xml => fits(xml, origin, method))
  if (rule === undefined) return {}
  return {
    'access-control-allow-origin': innerXmlOf(rule, 'AllowedOrigin').includes('*') ? '*' : origin,
    'access-control-allow-methods': innerXmlOf(rule, 'AllowedMethod').join(', '),
    'access-control-expose-headers': innerXmlOf(rule, 'ExposeHeader').join(', '),
    'access-control-max-age': textOf(rule, 'MaxAgeSeconds') ?? '0',
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  }
}

function rulesOf(s3: S3, { bucket }: S3Request): string[] {
  return innerXmlOf(s3.buckets.find(bucket)?.config['cors'] ?? '', 'CORSRule')
}

function fits(rule: string, origin: string, method: string): boolean {
  const isOrigin = innerXmlOf(rule, 'AllowedOrigin').some(allowed => originPattern(allowed).test(origin))
  return isOrigin && innerXmlOf(rule, 'AllowedMethod').includes(method)
}

function originPattern(allowed: string): RegExp {
  return new RegExp(`^${allowed.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace('*', '.*')}$`)
}

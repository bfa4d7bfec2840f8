import { expect } from 'vitest'
import * as z from 'zod'
import { openApiDocument } from '#functions/api/openapi/document.ts'
import { standardObjects } from '#schemas/registry.ts'
import type { Reply, Request } from './crm.ts'

// The document's own schemas judge the answers: `#/components/schemas/X` becomes `#/$defs/X`, which zod resolves.
const document = JSON.parse(
  JSON.stringify(openApiDocument(standardObjects)).replaceAll('#/components/schemas/', '#/$defs/'),
)
const $defs = document.components.schemas
const paths = Object.keys(document.paths).map(path => ({
  path,
  pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
  parameters: path.split('{').length,
}))
const judges = new Map<string, z.ZodType>()

/** Holds an answer against what every answer must be, and against the OpenAPI document. */
export function expectContract(request: Pick<Request, 'method' | 'path'>, reply: Reply): void {
  expect(reply.status, reply.text).toBeLessThan(500)
  expect(reply.headers['x-request-id'], 'x-request-id').toMatch(/./)
  // 413, 429 and 431 may be the gateway's own.
  if (![413, 429, 431].includes(reply.status)) expect(reply.headers['x-content-type-options']).toBe('nosniff')
  if (reply.status >= 400) expectProblem(reply)
  const operation = operationOf(request)
  if (!operation) return
  const described = operation.responses[reply.status]
  expect(described, `${request.method} ${request.path} -> ${reply.status} is not in the OpenAPI document`).toBeDefined()
  const schema = resolved(described).content?.['application/json']?.schema
  if (schema && reply.status < 300) expectFits(schema, reply.json)
}

/** A problem document as RFC 9457 and our own additions have it. */
function expectProblem(reply: Reply): void {
  expect(reply.headers['content-type']).toBe('application/problem+json')
  expectFits({ $ref: '#/$defs/Problem' }, reply.json)
  expect(reply.json.status).toBe(reply.status)
  expect(reply.json.type).toBe(`https://evergreen.example/problems/${reply.json.code}`)
  for (const { pointer } of reply.json.errors ?? []) expect(pointer ?? '').toMatch(/^(\/([^~]|~[01])*)?$/)
}

function operationOf({ method, path }: Pick<Request, 'method' | 'path'>) {
  const [plain = ''] = path.split('?')
  const fitting = paths.filter(({ pattern }) => pattern.test(plain)).toSorted((a, b) => a.parameters - b.parameters)
  return fitting.map(each => document.paths[each.path][method.toLowerCase()]).find(Boolean)
}

// biome-ignore lint/suspicious/noExplicitAny: the document is read as plain JSON.
function resolved(part: any): any {
  if (!part.$ref) return part
  return part.$ref
    .slice(2)
    .split('/')
    .reduce((node: Record<string, unknown>, step: string) => node[step], document)
}

function expectFits(schema: object, value: unknown): void {
  const key = JSON.stringify(schema)
  const judge = judges.get(key) ?? z.fromJSONSchema({ ...schema, $defs })
  judges.set(key, judge)
  const verdict = judge.safeParse(value)
  expect(verdict.error?.issues ?? [], `${JSON.stringify(value)} against ${key.slice(0, 200)}`).toEqual([])
}

import * as z from 'zod'
import { headers, problemResponses } from '#functions/api/openapi/answers.ts'
import { duplicateSchemas } from '#functions/api/openapi/duplicate-operations.ts'
import type { Schema } from '#functions/api/openapi/fields.ts'
import { otherOperation, recordOperation } from '#functions/api/openapi/operations.ts'
import { headerParameters } from '#functions/api/openapi/parameters.ts'
import { recordSchemas } from '#functions/api/openapi/record-schemas.ts'
import { searchSchema } from '#functions/api/openapi/search-schema.ts'
import { valueSchemas } from '#functions/api/openapi/value-schemas.ts'
import { isJudged } from '#lib/quality/open-quality.ts'
import { isVerifiable } from '#lib/refresh/is-stale.ts'
import { namedResponses } from '#schemas/api/responses.ts'
import { type Route, routes } from '#schemas/api/routes.ts'
import { apiVersion } from '#schemas/api/version.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import { isJsonObject, type Json } from '#schemas/json.ts'
import type { ObjectRegistry } from '#schemas/registry.ts'

const info = {
  title: 'Evergreen API',
  version: apiVersion,
  summary: 'A CRM that keeps its own data healthy.',
  description: [
    'Customers, contacts and activities over HTTP. Every write is safe to retry (`Idempotency-Key`), can be made on',
    'condition (`ETag`, `If-Match`), tried without effect (`dryRun=true`) and undone (history, revert, restore).',
    'Errors are problem documents (RFC 9457) with a stable `code`; unknown fields and parameters are refused.',
  ].join(' '),
  contact: { name: 'Evergreen', url: 'https://evergreen.example', email: 'api@evergreen.example' },
  license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
}

const bearerAuth = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description: 'An access token of the tenant’s Cognito user pool, of a person or a program.',
}

/** The OpenAPI 3.1 document: every route of the table, for every object. */
export function openApiDocument(objects: ObjectRegistry): Schema {
  const served = paths(objects)
  const others = { ...responseSchemas(), ...searchSchema(objects), ...duplicateSchemas(objects) }
  return {
    openapi: '3.1.0',
    info,
    servers: [{ url: '/', description: 'The deployment that serves this document.' }],
    security: [{ bearerAuth: [] }],
    tags: tags(objects),
    paths: served,
    components: {
      securitySchemes: { bearerAuth },
      parameters: headerParameters,
      headers,
      responses: problemResponses(),
      schemas: {
        ...others,
        ...referredTo(allRecordSchemas(objects), [served, others]),
        ...usedValues(objects),
      },
    },
  }
}

function tags(objects: ObjectRegistry): Schema[] {
  return [
    ...objects.all.map(({ pluralLabel }) => ({
      name: pluralLabel.en,
      description: `${pluralLabel.en} (${pluralLabel.zh}).`,
      'x-label-zh': pluralLabel.zh,
    })),
    { name: 'Workspace', description: 'Around the records: search, definitions, who I am.', 'x-label-zh': '工作区' },
    { name: 'Service', description: 'For anybody, without a token.', 'x-label-zh': '服务' },
  ]
}

/** `/v1/{object}/...` once per object, under its plural; the other routes as they are. */
function paths(objects: ObjectRegistry): Record<string, Schema> {
  const found: Record<string, Schema> = {}
  const add = (path: string, method: string, operation: Schema) => {
    found[path] = { ...found[path], [method.toLowerCase()]: operation }
  }
  for (const object of objects.all)
    for (const route of routes)
      if (isAboutRecords(route) && isOffered(route, object))
        add(
          route.path.replace('{object}', object.plural),
          route.method,
          recordOperation(route, route.operationId, object),
        )
  for (const route of routes)
    if (!isAboutRecords(route)) add(route.path, route.method, otherOperation(route, route.operationId))
  return found
}

/** Whether a route has meaning for an object: jobs are only read, users and the like are never merged. */
export function isOffered({ entry, method }: Route, object: ObjectDefinition): boolean {
  if (entry === 'api/duplicates') return !object.system
  if (entry === 'api/refresh') return isVerifiable(object)
  return !object.readOnly || method === 'GET'
}

type ListedRoute = (typeof routes)[number]

function isAboutRecords(route: ListedRoute): route is Extract<ListedRoute, { path: `/v1/{object}${string}` }> {
  return route.path.startsWith('/v1/{object}')
}

function allRecordSchemas(objects: ObjectRegistry): Record<string, Schema> {
  return Object.assign({}, ...objects.all.map(object => recordSchemas(object, objects)))
}

/** Those that something refers to: an object with routes of its own may have no use for the common ones. */
function referredTo(schemas: Record<string, Schema>, places: readonly unknown[]): Record<string, Schema> {
  const found = new Set<string>()
  const look = (place: unknown) => {
    for (const [, name = ''] of JSON.stringify(place).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (found.has(name)) continue
      found.add(name)
      if (schemas[name]) look(schemas[name])
    }
  }
  for (const place of places) look(place)
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => found.has(name)))
}

/** Shared values that some object has a field of. */
function usedValues(objects: ObjectRegistry): Record<string, Schema> {
  const types = new Set(objects.all.flatMap(object => Object.values(object.fields).map(field => field.type)))
  const isUsed = (name: string) =>
    (name === 'Quality' && objects.all.some(isJudged)) ||
    (name.startsWith('Money') && types.has('money')) ||
    (name.startsWith('Address') && types.has('address')) ||
    (name.startsWith('Email') && types.has('emails')) ||
    (name.startsWith('Phone') && types.has('phones'))
  return Object.fromEntries(Object.entries(valueSchemas).filter(([name]) => isUsed(name)))
}

/** The schemas written with zod, referring to each other by name. */
function responseSchemas(): Record<string, Schema> {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(namedResponses)) registry.add(schema, { id })
  const { schemas } = z.toJSONSchema(registry, { uri: id => `#/components/schemas/${id}` })
  // A JSON round trip makes plain JSON of what zod gives.
  const plain: Json = JSON.parse(JSON.stringify(schemas))
  return Object.fromEntries(
    Object.entries(isJsonObject(plain) ? plain : {}).flatMap(([id, schema]) => {
      if (!isJsonObject(schema)) return []
      const { $schema: _dialect, $id: _id, ...rest } = schema
      return [[id, rest]]
    }),
  )
}

import type * as z from 'zod'
import { schemaOf } from '#functions/api/openapi/bodies.ts'
import { exampleId } from '#functions/api/openapi/examples.ts'
import { idSchema, type Schema } from '#functions/api/openapi/fields.ts'
import * as AccessLog from '#schemas/api/access-log.ts'
import * as AccessLogVerification from '#schemas/api/access-log-verification.ts'
import * as Audits from '#schemas/api/audits.ts'
import * as Backups from '#schemas/api/backups.ts'
import * as Duplicates from '#schemas/api/duplicates.ts'
import * as Exports from '#schemas/api/exports.ts'
import * as Imports from '#schemas/api/imports.ts'
import * as Maintenance from '#schemas/api/maintenance.ts'
import * as Me from '#schemas/api/me.ts'
import * as Notifications from '#schemas/api/notifications.ts'
import * as Open from '#schemas/api/open.ts'
import * as Quality from '#schemas/api/quality.ts'
import * as Records from '#schemas/api/records.ts'
import * as Refresh from '#schemas/api/refresh.ts'
import * as Restores from '#schemas/api/restores.ts'
import type { OperationId, Route } from '#schemas/api/routes.ts'
import * as Search from '#schemas/api/search.ts'
import * as Settings from '#schemas/api/settings.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import { isJsonObject } from '#schemas/json.ts'

const contracts = Object.values({
  ...Records,
  ...Search,
  ...Me,
  ...Open,
  ...Imports,
  ...Exports,
  ...Duplicates,
  ...Settings,
  ...Maintenance,
  ...Restores,
  ...Backups,
  ...AccessLog,
  ...AccessLogVerification,
  ...Refresh,
  ...Audits,
  ...Quality,
  ...Notifications,
}).flatMap(value => ('operationId' in value ? [value] : []))
const queries = new Map<OperationId, z.ZodType>(contracts.map(({ operationId, query }) => [operationId, query]))

const headerParameter = (name: string, description: string, example: string): Schema => ({
  name,
  in: 'header',
  description,
  schema: { type: 'string' },
  example,
})

/** Request headers that several operations share. */
export const headerParameters: Record<string, Schema> = {
  IdempotencyKey: {
    ...headerParameter(
      'Idempotency-Key',
      'Makes a retry safe for 24 hours: the same key and request answer as the first did, the same key with another ' +
        'request is refused. A request that was refused does not use up its key.',
      'order-1042-customer',
    ),
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
  },
  IfMatch: headerParameter('If-Match', 'Only if the record is at one of these versions; `*`: only if it exists.', '*'),
  IfNoneMatch: headerParameter('If-None-Match', 'Only if the record is not at one of these versions.', '*'),
  Prefer: headerParameter('Prefer', '`server-timing`: tell in `Server-Timing` what the request cost.', 'server-timing'),
}

const conditional: readonly OperationId[] = [
  'updateRecord',
  'removeRecord',
  'restoreRecord',
  'revertRecord',
  'upsertRecord',
  'mergeRecord',
  'verifyRecord',
  'changeSettings',
  'revertSettings',
]

/** Path, query and header parameters of a route; `object` is what `{object}` stands for. */
export function parametersOf(
  route: Route & { operationId: OperationId },
  object: ObjectDefinition | undefined,
): Schema[] {
  const { operationId, method, isPublic } = route
  return [
    ...pathParameters(route.path, object),
    ...queryParameters(operationId),
    ...(method === 'GET' ? [] : [headerReference('IdempotencyKey')]),
    ...(conditional.includes(operationId) ? [headerReference('IfMatch')] : []),
    ...(['getRecord', 'upsertRecord', 'readSettings'].includes(operationId) ? [headerReference('IfNoneMatch')] : []),
    ...(isPublic ? [] : [headerReference('Prefer')]),
  ]
}

function headerReference(name: string): Schema {
  return { $ref: `#/components/parameters/${name}` }
}

function pathParameters(path: string, object: ObjectDefinition | undefined): Schema[] {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).filter(name => name !== 'object')
  return names.map(name => ({ name, in: 'path', required: true, ...pathParameter(name, object) }))
}

function pathParameter(name: string, object: ObjectDefinition | undefined): Schema {
  const text = { type: 'string' }
  if (name === 'id' && object)
    return { description: 'Id of the record.', schema: idSchema(object.name), example: exampleId(object.name) }
  if (name === 'system') return { description: 'Name of the other system.', schema: text, example: 'erp' }
  if (name === 'externalId') return { description: 'Id of the record there.', schema: text, example: 'K-10042' }
  if (name === 'mergeId') return { description: 'Id of the merge.', schema: text, example: exampleId('merge') }
  if (name === 'file') return { description: 'Name of the file.', schema: text, example: 'swagger-ui.css' }
  return { description: 'Name or plural of the object.', schema: text, example: 'customer' }
}

function queryParameters(operationId: OperationId): Schema[] {
  const query = queries.get(operationId)
  if (!query) throw new Error(`${operationId} has no contract in schemas/api`)
  const { properties, required } = schemaOf(query)
  if (!isJsonObject(properties ?? null)) return []
  const isRequired = (name: string) => Array.isArray(required) && required.includes(name)
  return Object.entries(properties ?? {}).flatMap(([name, each]) =>
    isJsonObject(each) ? [queryParameter(name, each, isRequired(name))] : [],
  )
}

function queryParameter(name: string, schema: Schema, required: boolean): Schema {
  const { description = '', ...rest } = schema
  return { name, in: 'query', required, description, schema: rest }
}

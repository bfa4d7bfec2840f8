/** One line of the HTTP contract: CDK routes, dispatch, permissions and the OpenAPI document are all made from it. */
export type Route = {
  operationId: string
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** API Gateway's notation; `{object}` stands for the plural of any object. */
  path: string
  /** Entry file under functions/, without its extension. */
  entry: 'api/records' | 'api/search' | 'api/me' | 'api/docs' | 'api/health'
  isPublic: boolean
}

/** Every route of the API, in the order in which the documentation shows them. */
export const routes = [
  record('createRecord', 'POST', '/v1/{object}'),
  record('findRecords', 'GET', '/v1/{object}'),
  record('runBatch', 'POST', '/v1/{object}/batch'),
  record('upsertRecord', 'PUT', '/v1/{object}/external/{system}/{externalId}'),
  record('getRecord', 'GET', '/v1/{object}/{id}'),
  record('updateRecord', 'PATCH', '/v1/{object}/{id}'),
  record('removeRecord', 'DELETE', '/v1/{object}/{id}'),
  record('restoreRecord', 'POST', '/v1/{object}/{id}/restore'),
  record('revertRecord', 'POST', '/v1/{object}/{id}/revert'),
  record('readHistory', 'GET', '/v1/{object}/{id}/history'),
  record('readTimeline', 'GET', '/v1/{object}/{id}/timeline'),
  { operationId: 'search', method: 'GET', path: '/v1/search', entry: 'api/search', isPublic: false },
  { operationId: 'whoAmI', method: 'GET', path: '/v1/me', entry: 'api/me', isPublic: false },
  { operationId: 'listObjects', method: 'GET', path: '/v1/objects', entry: 'api/me', isPublic: false },
  { operationId: 'readObject', method: 'GET', path: '/v1/objects/{name}', entry: 'api/me', isPublic: false },
  { operationId: 'readOpenApi', method: 'GET', path: '/openapi.json', entry: 'api/docs', isPublic: true },
  { operationId: 'readDocs', method: 'GET', path: '/docs', entry: 'api/docs', isPublic: true },
  { operationId: 'readDocsAsset', method: 'GET', path: '/docs/{file}', entry: 'api/docs', isPublic: true },
  { operationId: 'checkHealth', method: 'GET', path: '/health', entry: 'api/health', isPublic: true },
] as const satisfies readonly Route[]

/** Name of one operation of the API. */
export type OperationId = (typeof routes)[number]['operationId']

/** The route of an operation. */
export function routeOf(operationId: OperationId): Route {
  const route = routes.find(candidate => candidate.operationId === operationId)
  if (!route) throw new Error(`No route is called ${operationId}`)
  return route
}

function record<const Id extends string>(operationId: Id, method: Route['method'], path: string) {
  return { operationId, method, path, entry: 'api/records', isPublic: false } as const
}

/** One line of the HTTP contract: CDK routes, dispatch, permissions and the OpenAPI document are all made from it. */
export type Route = {
  operationId: string
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** API Gateway's notation; `{object}` stands for the plural of any object that has an API. */
  path: string
  /** Entry file under functions/, without its extension. */
  entry: 'api/records' | 'api/search' | 'api/me' | 'api/docs' | 'api/health'
  isPublic: boolean
}

const record = (operationId: string, method: Route['method'], path: string): Route => ({
  operationId,
  method,
  path,
  entry: 'api/records',
  isPublic: false,
})

/** Every route of the API, in the order in which the documentation shows them. */
export const routes: readonly Route[] = [
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
]

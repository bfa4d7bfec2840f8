/** One line of the HTTP contract: CDK routes, dispatch, permissions and the OpenAPI document are all made from it. */
export type Route = {
  operationId: string
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** API Gateway's notation; `{object}` stands for the plural of any object. */
  path: string
  /** Entry file under functions/, without its extension. */
  entry:
    | 'api/records'
    | 'api/imports'
    | 'api/exports'
    | 'api/duplicates'
    | 'api/quality'
    | 'api/notifications'
    | 'api/settings'
    | 'api/maintenance'
    | 'api/backups'
    | 'api/restores'
    | 'api/access-log'
    | 'api/refresh'
    | 'api/audits'
    | 'api/search'
    | 'api/me'
    | 'api/docs'
    | 'api/health'
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
  duplicates('mergeRecord', 'POST', '/v1/{object}/{id}/merge'),
  duplicates('readDuplicates', 'GET', '/v1/{object}/{id}/duplicates'),
  duplicates('findDuplicateGroups', 'GET', '/v1/duplicates'),
  duplicates('decideDuplicates', 'POST', '/v1/duplicates/{id}/decision'),
  duplicates('undoMerge', 'POST', '/v1/merges/{mergeId}/undo'),
  job('createImport', 'POST', '/v1/imports'),
  job('inspectImport', 'POST', '/v1/imports/{id}/inspect'),
  job('startImport', 'POST', '/v1/imports/{id}/start'),
  job('getImport', 'GET', '/v1/imports/{id}'),
  job('cancelImport', 'POST', '/v1/imports/{id}/cancel'),
  job('readImportRejects', 'GET', '/v1/imports/{id}/rejects'),
  job('undoImport', 'POST', '/v1/imports/{id}/undo'),
  job('readImportConflicts', 'GET', '/v1/imports/{id}/conflicts'),
  { operationId: 'createExport', method: 'POST', path: '/v1/exports', entry: 'api/exports', isPublic: false },
  { operationId: 'getExport', method: 'GET', path: '/v1/exports/{id}', entry: 'api/exports', isPublic: false },
  { operationId: 'readQuality', method: 'GET', path: '/v1/quality', entry: 'api/quality', isPublic: false },
  {
    operationId: 'findWeeklyReports',
    method: 'GET',
    path: '/v1/quality/reports',
    entry: 'api/quality',
    isPublic: false,
  },
  {
    operationId: 'getWeeklyReport',
    method: 'GET',
    path: '/v1/quality/reports/{id}',
    entry: 'api/quality',
    isPublic: false,
  },
  {
    operationId: 'findNotifications',
    method: 'GET',
    path: '/v1/notifications',
    entry: 'api/notifications',
    isPublic: false,
  },
  {
    operationId: 'markNotificationRead',
    method: 'POST',
    path: '/v1/notifications/{id}/read',
    entry: 'api/notifications',
    isPublic: false,
  },
  maintenance('startMaintenanceRun', 'POST', '/v1/maintenance/runs'),
  maintenance('findMaintenanceRuns', 'GET', '/v1/maintenance/runs'),
  maintenance('getMaintenanceRun', 'GET', '/v1/maintenance/runs/{id}'),
  maintenance('cancelMaintenanceRun', 'POST', '/v1/maintenance/runs/{id}/cancel'),
  maintenance('undoMaintenanceRun', 'POST', '/v1/maintenance/runs/{id}/undo'),
  maintenance('readMaintenanceReport', 'GET', '/v1/maintenance/runs/{id}/report'),
  maintenance('readMaintenanceConflicts', 'GET', '/v1/maintenance/runs/{id}/conflicts'),
  backups('findBackups', 'GET', '/v1/backups'),
  backups('getBackup', 'GET', '/v1/backups/{id}'),
  {
    operationId: 'restoreBackup',
    method: 'POST',
    path: '/v1/backups/{id}/restore',
    entry: 'api/restores',
    isPublic: false,
  },
  {
    operationId: 'archiveBackup',
    method: 'POST',
    path: '/v1/backups/{id}/archive',
    entry: 'api/restores',
    isPublic: false,
  },
  { operationId: 'findAccesses', method: 'GET', path: '/v1/access-log', entry: 'api/access-log', isPublic: false },
  {
    operationId: 'verifyAccessLog',
    method: 'GET',
    path: '/v1/access-log/verification',
    entry: 'api/access-log',
    isPublic: false,
  },
  {
    operationId: 'reviewAccessAlert',
    method: 'POST',
    path: '/v1/access-alerts/{id}/review',
    entry: 'api/access-log',
    isPublic: false,
  },
  settings('readSettings', 'GET', '/v1/settings'),
  settings('changeSettings', 'PATCH', '/v1/settings'),
  settings('readWebhookSecret', 'GET', '/v1/settings/webhook-secret'),
  settings('readSettingsHistory', 'GET', '/v1/settings/history'),
  settings('revertSettings', 'POST', '/v1/settings/revert'),
  refresh('verifyRecord', 'POST', '/v1/{object}/{id}/verify'),
  refresh('findRefreshPlans', 'GET', '/v1/refresh-plans'),
  refresh('getRefreshPlan', 'GET', '/v1/refresh-plans/{id}'),
  audits('createAudit', 'POST', '/v1/audits'),
  audits('findAudits', 'GET', '/v1/audits'),
  audits('getAudit', 'GET', '/v1/audits/{id}'),
  audits('recordAuditResult', 'POST', '/v1/audits/{id}/results'),
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

function record<const Id extends string, const P extends string>(operationId: Id, method: Route['method'], path: P) {
  return { operationId, method, path, entry: 'api/records', isPublic: false } as const
}

function job<const Id extends string>(operationId: Id, method: Route['method'], path: string) {
  return { operationId, method, path, entry: 'api/imports', isPublic: false } as const
}

function duplicates<const Id extends string, const P extends string>(
  operationId: Id,
  method: Route['method'],
  path: P,
) {
  return { operationId, method, path, entry: 'api/duplicates', isPublic: false } as const
}

function backups<const Id extends string, const P extends string>(operationId: Id, method: Route['method'], path: P) {
  return { operationId, method, path, entry: 'api/backups', isPublic: false } as const
}

function maintenance<const Id extends string>(operationId: Id, method: Route['method'], path: string) {
  return { operationId, method, path, entry: 'api/maintenance', isPublic: false } as const
}

function settings<const Id extends string>(operationId: Id, method: Route['method'], path: string) {
  return { operationId, method, path, entry: 'api/settings', isPublic: false } as const
}

function refresh<const Id extends string, const P extends string>(operationId: Id, method: Route['method'], path: P) {
  return { operationId, method, path, entry: 'api/refresh', isPublic: false } as const
}

function audits<const Id extends string>(operationId: Id, method: Route['method'], path: string) {
  return { operationId, method, path, entry: 'api/audits', isPublic: false } as const
}

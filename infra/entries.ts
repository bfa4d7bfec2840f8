/** Every function of a tenant, by its entry file under functions/ without the extension: what is bundled, and what stacks may deploy. */
export const entries = [
  'api/records',
  'api/imports',
  'api/exports',
  'api/duplicates',
  'api/search',
  'api/me',
  'api/docs',
  'api/health',
  'api/fallback',
  'stream/publish-changes',
  'events/update-search',
  'events/sync-sign-in',
  'events/find-duplicates',
  'events/move-children',
  'workflows/import/split-import',
  'workflows/import/import-segments',
  'workflows/import/report-import',
  'workflows/import/fail-import',
  'workflows/import/plan-undo',
  'workflows/import/undo-segments',
  'workflows/import/end-undo',
  'workflows/export/export-part',
  'workflows/export/finish-export',
  'workflows/export/fail-export',
  'deploy/seed-tenant',
] as const

/** An entry file under functions/, without its extension. */
export type Entry = (typeof entries)[number]

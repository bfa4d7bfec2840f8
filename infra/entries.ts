/** Every function of a tenant, by its entry file under functions/ without the extension: what is bundled, and what stacks may deploy. */
export const entries = [
  'api/records',
  'api/search',
  'api/me',
  'api/docs',
  'api/health',
  'api/fallback',
  'stream/publish-changes',
  'events/update-search',
  'events/sync-sign-in',
  'deploy/seed-tenant',
] as const

/** An entry file under functions/, without its extension. */
export type Entry = (typeof entries)[number]

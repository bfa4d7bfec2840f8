import type { RestorePlan } from '#lib/restore/restore-files.ts'
import type { JsonObject } from '#schemas/json.ts'

/** What the record of a restore says from its beginning. */
export function runFields({ backupId, dryRun, requestedBy, startedAt, wanted }: RestorePlan): JsonObject {
  const what = 'ids' in wanted ? { ids: wanted.ids } : { object: wanted.object }
  const request = { backupId, ...what }
  return { kind: 'restore', state: 'running', dryRun, startedAt, requestedBy, ownerId: requestedBy, request }
}

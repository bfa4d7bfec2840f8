import { textOf } from '#lib/records/owner-of.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { Json, JsonObject } from '#schemas/json.ts'

const shown = [
  'kind',
  'state',
  'cutOffAt',
  'fromAt',
  'fullId',
  'previousId',
  'items',
  'bytes',
  'copiedAt',
  'provenBy',
  'provenAt',
  'expiresAt',
  'failure',
]

/** A backup as the API shows it in a list. */
export function viewBackup({ id, version, fields }: StoredRecord): JsonObject {
  const known = shown.flatMap((name): [string, Json][] => {
    const value = fields[name] ?? null
    return value === null ? [] : [[name, value]]
  })
  const files = fields['files'] ?? null
  return {
    ...{ id, object: 'backup', version },
    ...Object.fromEntries(known),
    runId: textOf(fields['runId']) ?? '',
    ...(files !== null && { fileCount: files }),
  }
}

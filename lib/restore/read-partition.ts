import type { CollectedLine } from '#lib/restore/collect-lines.ts'
import { type RestorePlan, restoreFiles } from '#lib/restore/restore-files.ts'
import type { Files } from '#lib/runtime/files.ts'
import { itemOf } from '#lib/store/attribute-json.ts'
import type { Change, StoredRecord } from '#lib/store/items.ts'
import { toChange, toRecord } from '#lib/store/read.ts'
import type { JsonObject } from '#schemas/json.ts'

/** A record as it stood at the backup's cut-off, with its changes in order. */
export type PastRecord = { record: StoredRecord; changes: Change[] }

/** The records of a partition as they stood at the cut-off, by id: what the full backup has, and each increment in turn. */
export async function readPartition(
  files: Files,
  { runId }: RestorePlan,
  partition: number,
): Promise<Map<string, PastRecord>> {
  const items = new Map<string, Map<string, JsonObject>>()
  for await (const { key } of files.list(restoreFiles.collected(runId, partition)))
    for (const line of (await files.readText(key)).trimEnd().split('\n')) apply(items, JSON.parse(line))
  return new Map([...items].flatMap(([id, parts]) => pastOf(id, parts)))
}

function apply(items: Map<string, Map<string, JsonObject>>, { id, sk, item }: CollectedLine): void {
  const parts = items.get(id) ?? new Map<string, JsonObject>()
  items.set(id, parts)
  if (item === null) parts.delete(sk)
  else parts.set(sk, item)
}

/** Changes without their record are what a purge that was under way had not yet deleted: the record was gone. */
function pastOf(id: string, parts: ReadonlyMap<string, JsonObject>): [string, PastRecord][] {
  const record = parts.get('A')
  if (!record) return []
  const changes = [...parts]
    .filter(([sk]) => sk !== 'A')
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, item]) => toChange(itemOf(item)))
  return [[id, { record: toRecord(itemOf(record)), changes }]]
}

import { undoChange } from '#lib/records/diff.ts'
import { readChangesUntil } from '#lib/store/history.ts'
import type { Change, StoredRecord } from '#lib/store/items.ts'
import type { Store } from '#lib/store/table.ts'

/** The record as it was at a version; undefined when it never had that version. */
export async function recordAtVersion(
  store: Store,
  record: StoredRecord,
  version: number,
): Promise<StoredRecord | undefined> {
  if (version === record.version) return record
  if (version > record.version || version < 1) return undefined
  return rewind(record, await readChangesUntil(store, record.id, change => change.version <= version))
}

/** The record as it was at a moment; undefined when it did not exist yet. */
export async function recordAtTime(store: Store, record: StoredRecord, at: string): Promise<StoredRecord | undefined> {
  if (at < record.createdAt) return undefined
  if (at >= record.updatedAt) return record
  return rewind(record, await readChangesUntil(store, record.id, change => change.at <= at))
}

/** Undoes all changes but the last, which is the one that made the state wanted. */
function rewind(record: StoredRecord, changes: readonly Change[]): StoredRecord | undefined {
  const made = changes.at(-1)
  if (!made) return undefined
  const { deletedAt: _now, mergedInto: _survivor, checked: _note, ...rest } = record
  const fields = changes.slice(0, -1).reduce((state, change) => undoChange(state, change.changes), record.fields)
  const then: StoredRecord = { ...rest, fields, version: made.version, updatedAt: made.at, updatedBy: made.actorId }
  if (made.merge?.into !== undefined && made.action === 'merged')
    return { ...then, deletedAt: made.at, mergedInto: made.merge.into }
  return made.action === 'deleted' ? { ...then, deletedAt: made.at } : then
}

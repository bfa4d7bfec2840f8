import { invalidCursor } from '#lib/errors.ts'
import type { Change } from '#lib/store/items.ts'
import { changeSort, recordKey } from '#lib/store/keys.ts'
import { readSlice } from '#lib/store/query.ts'
import { toChange } from '#lib/store/read.ts'
import type { Store } from '#lib/store/table.ts'

/** Up to `limit` changes of a record, newest first, older than `before`; `isLast` when there are no older ones. */
export async function readChanges(
  store: Store,
  id: string,
  slice: { limit: number; before?: number | undefined },
): Promise<{ changes: Change[]; isLast: boolean }> {
  const partition = { pk: recordKey(id).pk, prefix: 'V#' }
  const after = slice.before === undefined ? undefined : changeSort(checkedVersion(slice.before))
  const { rows, isLast } = await readSlice(store, partition, { limit: slice.limit, descending: true, after })
  return { changes: rows.map(row => toChange(row.item)), isLast }
}

/** A version comes from a cursor, which may be forged. */
function checkedVersion(version: number): number {
  if (Number.isSafeInteger(version) && version >= 1) return version
  throw invalidCursor()
}

/** All changes of a record, newest first, until one for which `isEnough` holds, that one included. */
export async function readChangesUntil(
  store: Store,
  id: string,
  isEnough: (change: Change) => boolean,
): Promise<Change[]> {
  const found: Change[] = []
  for (let before: number | undefined; ; ) {
    const { changes, isLast } = await readChanges(store, id, { limit: 100, before })
    for (const change of changes) {
      found.push(change)
      if (isEnough(change)) return found
    }
    before = changes.at(-1)?.version
    if (isLast || before === undefined) return found
  }
}

import { matchPartition } from '#lib/store/keys.ts'
import { readSlice } from '#lib/store/query.ts'
import type { Store } from '#lib/store/table.ts'

/** Ids of up to `limit` records of an object that share a match key, in the order of their ids, read strongly consistent. */
export async function readMatches(
  store: Store,
  object: string,
  { kind, value }: { kind: string; value: string },
  limit: number,
): Promise<string[]> {
  const { rows } = await readSlice(store, { pk: matchPartition(object, kind, value) }, { limit, descending: false })
  return rows.map(({ sort }) => sort)
}

import type { StoredRecord } from '#lib/store/items.ts'
import { readRecord } from '#lib/store/read.ts'
import type { Store } from '#lib/store/table.ts'

/** 1,000 merges one after the other: more than that is a circle, which no merge makes. */
const longestChain = 1_000

/** The record that an absorbed one lives on in, at the end of the chain of merges; undefined when it was purged. */
export async function readSurvivor(store: Store, absorbed: StoredRecord): Promise<StoredRecord | undefined> {
  let record: StoredRecord | undefined = absorbed
  for (let step = 0; record?.mergedInto !== undefined && step < longestChain; step++)
    record = await readRecord(store, record.mergedInto)
  return record
}

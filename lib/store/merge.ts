import { type Partition, type Row, readSlice } from '#lib/store/query.ts'
import type { Store } from '#lib/store/table.ts'

/** What to read from several partitions in one order of their sort keys. */
export type MergeRequest = {
  partitions: readonly Partition[]
  descending: boolean
  after: string | undefined
  /** Rows wanted. */
  limit: number
  /** Rows looked at before the page ends without them. */
  scanLimit: number
  /** Whether the page has taken long enough: it then ends with the rows it has. */
  isOverdue?: () => boolean
  /** Whether the rows kept are as much as an answer holds. */
  isHeavy?: () => boolean
  /** How many to read at a time from each partition. */
  batch: number
}

/** A page: rows that were kept, and the sort key to go on after; none at the end. */
export type MergePage<T> = { kept: T[]; next: string | undefined }

type Head = { partition: Partition; rows: Row[]; index: number; isLast: boolean }

/** Reads partitions in one merged order, keeping what `keep` gives a value for, until the page or the scan is full. */
export async function readMerged<T>(
  store: Store,
  request: MergeRequest,
  keep: (row: Row) => T | undefined,
): Promise<MergePage<T>> {
  const { descending, limit, scanLimit } = request
  const heads = await Promise.all(request.partitions.map(partition => fill(store, request, partition, request.after)))
  const kept: T[] = []
  let last: string | undefined
  for (let scanned = 0; ; scanned++) {
    const head = first(heads, descending)
    if (!head) return { kept, next: undefined }
    const isEnough = scanned > 0 && (request.isOverdue?.() || request.isHeavy?.())
    if (kept.length === limit || scanned === scanLimit || isEnough) return { kept, next: last }
    const row = head.rows[head.index]
    if (!row) return { kept, next: undefined }
    last = row.sort
    const value = keep(row)
    if (value !== undefined) kept.push(value)
    await advance(store, request, heads, head)
  }
}

async function fill(
  store: Store,
  request: MergeRequest,
  partition: Partition,
  after: string | undefined,
): Promise<Head> {
  const { descending, batch } = request
  return { partition, index: 0, ...(await readSlice(store, partition, { limit: batch, descending, after })) }
}

async function advance(store: Store, request: MergeRequest, heads: Head[], head: Head): Promise<void> {
  head.index += 1
  if (head.index < head.rows.length) return
  const place = heads.indexOf(head)
  if (head.isLast) heads.splice(place, 1)
  else heads[place] = await fill(store, request, head.partition, head.rows.at(-1)?.sort)
}

function first(heads: readonly Head[], descending: boolean): Head | undefined {
  let best: Head | undefined
  for (const head of heads) {
    const sort = head.rows[head.index]?.sort
    if (sort === undefined) continue
    const bestSort = best?.rows[best.index]?.sort
    const isEarlier = bestSort === undefined || (descending ? sort > bestSort : sort < bestSort)
    if (isEarlier) best = head
  }
  return best
}

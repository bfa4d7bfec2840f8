import { unavailable } from '#lib/errors.ts'
import { type Doubts, type IndexTables, indexRecords } from '#lib/search/index-records.ts'
import { isSearched } from '#lib/search/search-texts.ts'
import { tokenScheme } from '#lib/search/tokens.ts'
import { pauseMs } from '#lib/store/backoff.ts'
import { objectPartition } from '#lib/store/keys.ts'
import { readSlice } from '#lib/store/query.ts'
import { readRecords } from '#lib/store/read.ts'
import { noteKey, noteScheme, readIndexed, scanSearchKeys } from '#lib/store/search-notes.ts'
import { deleteSearchItems, parseTokenKey, tokenKey } from '#lib/store/search-table.ts'

/** How far a rebuild is: records indexed again, items of the index looked through, items of it that led nowhere and are gone. */
export type RebuildProgress = { records: number; items: number; removed: number }

type Key = { pk: string; sk: string }
type Rebuild = { tables: IndexTables; progress: RebuildProgress; report: (progress: RebuildProgress) => void }

/** 100 records at a time: DynamoDB's ceiling for a BatchGetItem. */
const pageSize = 100
/** 8: about 5 s of waiting for people, or a job, to be done with a record. */
const attempts = 8

/**
 * Writes the search index again from the records: the tokens of every record, and away with those that lead nowhere.
 * Safe while writes and their events go on, and to repeat or to start again after it was interrupted.
 * @param options `listShards` of the tenant; `report` is called after every page.
 */
export async function rebuildSearchIndex(
  tables: IndexTables,
  { listShards, report }: { listShards: number; report: (progress: RebuildProgress) => void },
): Promise<RebuildProgress> {
  const rebuild: Rebuild = { tables, report, progress: { records: 0, items: 0, removed: 0 } }
  for (const list of ['all', 'trash', 'merged'] as const)
    for (const object of tables.objects.all.filter(isSearched))
      for (let shard = 0; shard < listShards; shard++)
        await rewritePartition(rebuild, objectPartition(object.name, shard, list))
  await sweep(rebuild)
  await noteScheme(tables.searchStore, tokenScheme, { onlyFirst: false })
  return rebuild.progress
}

/** Oldest change first: a record that changes meanwhile moves ahead, and comes again. */
async function rewritePartition({ tables, progress, report }: Rebuild, pk: string): Promise<void> {
  for (let after: string | undefined, isLast = false; !isLast; ) {
    const slice = await readSlice(
      tables.store,
      { index: 'byObject', pk },
      { limit: pageSize, descending: false, after },
    )
    const ids = slice.rows.map(({ item }) => item['id'] as string)
    await index(tables, ids, { isRewrite: true })
    progress.records += ids.length
    report(progress)
    after = slice.rows.at(-1)?.sort
    isLast = slice.isLast || after === undefined
  }
}

/** Looks through the whole index for what no record stands behind. */
async function sweep({ tables, progress, report }: Rebuild): Promise<void> {
  for (let after: Record<string, unknown> | undefined, isLast = false; !isLast; ) {
    const page = await scanSearchKeys(tables.searchStore, after)
    progress.removed += await removeStrays(tables, page.keys)
    progress.items += page.keys.length
    report(progress)
    after = page.next
    isLast = after === undefined
  }
}

async function removeStrays(tables: IndexTables, keys: readonly Key[]): Promise<number> {
  const tokens = keys.flatMap(key => {
    const parsed = parseTokenKey(key)
    return parsed ? [{ ...parsed, key }] : []
  })
  // An older scheme kept its tokens elsewhere; nothing writes there any more.
  const misplaced = tokens.filter(({ key, object, token, id }) => tokenKey(object, token, id).pk !== key.pk)
  await deleteSearchItems(
    tables.searchStore,
    misplaced.map(({ key }) => key),
  )
  const placed = tokens.filter(({ key, object, token, id }) => tokenKey(object, token, id).pk === key.pk)
  const noted = keys.flatMap(({ pk }) => (pk.startsWith('R#') ? [pk.slice(2)] : []))
  const ids = [...new Set([...placed.map(({ id }) => id), ...noted])]
  let removed = misplaced.length
  for (let start = 0; start < ids.length; start += pageSize) {
    const some = new Set(ids.slice(start, start + pageSize))
    removed += await settle(
      tables,
      [...some],
      placed.filter(({ id }) => some.has(id)),
    )
  }
  return removed
}

/** Gives records whose tokens are not as noted their right ones, and forgets the notes of records that are gone. */
async function settle(
  tables: IndexTables,
  ids: readonly string[],
  placed: readonly { id: string; token: string }[],
): Promise<number> {
  const [records, indexed] = await Promise.all([readRecords(tables.store, ids), readIndexed(tables.searchStore, ids)])
  const strays = placed.filter(({ id, token }) => !indexed.get(id)?.tokens.includes(token))
  const gone = ids.filter(id => !records.has(id))
  const byId = new Map<string, Set<string>>(gone.map(id => [id, new Set()]))
  for (const { id, token } of strays) byId.set(id, (byId.get(id) ?? new Set()).add(token))
  await index(tables, [...byId.keys()], { strays: byId })
  await deleteSearchItems(tables.searchStore, gone.map(noteKey))
  return strays.length + gone.length
}

async function index(tables: IndexTables, ids: readonly string[], doubts: Doubts): Promise<void> {
  let left = ids
  for (let attempt = 1; left.length > 0; attempt++) {
    if (attempt > attempts)
      throw unavailable(`Records keep changing while they are indexed: ${left.join(', ')}. Run it again.`)
    if (attempt > 1) await pauseMs(attempt)
    left = (await indexRecords(tables, left, doubts)).left
  }
}

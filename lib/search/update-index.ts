import type { Clock } from '#lib/runtime/clock.ts'
import { type IndexTables, indexRecords } from '#lib/search/index-records.ts'
import { tokenScheme } from '#lib/search/tokens.ts'
import { noteScheme, noteThrough } from '#lib/store/search-notes.ts'
import type { Store, Table } from '#lib/store/table.ts'

/** Tables whose scheme this container has noted. */
const noted = new WeakSet<Table>()

/**
 * Brings the search index up to date with records as they are now, whatever the order or repetition of the events, and
 * notes how far behind it is.
 * @param ids up to 100 record ids.
 * @returns ids whose record kept changing meanwhile: to be done again.
 */
export async function updateSearchIndex(
  tables: IndexTables & { clock: Clock },
  ids: readonly string[],
): Promise<string[]> {
  const { left, newest, olderScheme } = await indexRecords(tables, ids)
  await noteSchemeMet(tables.searchStore, olderScheme)
  if (left.length === 0 && newest !== undefined) {
    const lagMs = Math.max(0, tables.clock.now().getTime() - Date.parse(newest))
    await noteThrough(tables.searchStore, { through: newest, lagMs })
  }
  return left
}

/** A record indexed by an older scheme tells that the index has more such; the first update of an empty index notes today's. */
async function noteSchemeMet(searchStore: Store, olderScheme: number | undefined): Promise<void> {
  if (olderScheme !== undefined) await noteScheme(searchStore, olderScheme, { onlyFirst: false })
  else if (!noted.has(searchStore.table)) await noteScheme(searchStore, tokenScheme, { onlyFirst: true })
  noted.add(searchStore.table)
}

import { isSearched, searchTexts } from '#lib/search/search-texts.ts'
import { tokenScheme, tokensOf } from '#lib/search/tokens.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecords } from '#lib/store/read.ts'
import { type Indexed, type Note, noteStrays, readIndexed, writeNotes } from '#lib/store/search-notes.ts'
import { type TokenChange, writeTokens } from '#lib/store/search-table.ts'
import type { Store } from '#lib/store/table.ts'
import type { ObjectRegistry } from '#schemas/registry.ts'

/** The records table, the search table, and the objects. */
export type IndexTables = { store: Store; searchStore: Store; objects: ObjectRegistry }

/** How far not to trust the notes of what is indexed. */
export type Doubts = {
  /** Every token is written again, as if nothing were known of what is there. */
  isRewrite?: boolean
  /** Tokens of records that may be there without a note of them: they go, or are written and noted. */
  strays?: ReadonlyMap<string, ReadonlySet<string>>
}

/** What came of it: ids to be done again, the time of the newest change met, and an older scheme that was met. */
export type IndexedRecords = { left: string[]; newest: string | undefined; olderScheme: number | undefined }

type Change = { note: Note; tokens: TokenChange; version: number }

/** Tokens that an update has added or dropped without its note getting through: whoever goes on must set them right. */
type Touched = Map<string, ReadonlySet<string>>

/** 3 tries: writes of one record hardly ever cross more often. */
const maxTries = 3

/**
 * Makes the tokens of up to 100 records those of the records as they are now. Any number of these may run at once, on the
 * same records too: each note names the note it replaces, so of two that cross one starts again.
 */
export async function indexRecords(
  tables: IndexTables,
  ids: readonly string[],
  { isRewrite = false, strays }: Doubts = {},
): Promise<IndexedRecords> {
  const touched: Touched = new Map(strays)
  const result: IndexedRecords = { left: [...new Set(ids)], newest: undefined, olderScheme: undefined }
  for (let attempt = 0; attempt < maxTries && result.left.length > 0; attempt++) {
    const { again, newest, olderScheme } = await indexOnce(tables, result.left, { touched, isRewrite })
    result.left = again
    if (newest !== undefined && newest > (result.newest ?? '')) result.newest = newest
    result.olderScheme ??= olderScheme
  }
  // Whoever takes over knows nothing of this run: what it may have left behind is kept for them.
  for (const id of result.left)
    await noteStrays(tables.searchStore, { id, scheme: tokenScheme, strays: touched.get(id) ?? new Set() })
  return result
}

async function indexOnce(
  { store, searchStore, objects }: IndexTables,
  ids: readonly string[],
  how: { touched: Touched; isRewrite: boolean },
) {
  const [records, indexed] = await Promise.all([readRecords(store, ids), readIndexed(searchStore, ids)])
  const wanted = ids.map(id => changeOf(objects, { id, record: records.get(id), indexed: indexed.get(id), ...how }))
  const changes = (await Promise.all(wanted)).flatMap(change => change ?? [])
  await writeTokens(
    searchStore,
    changes.map(({ tokens }) => tokens),
  )
  const refused = await writeNotes(
    searchStore,
    changes.map(({ note }) => note),
  )
  const overtaken = await overtakenIds(store, changes)
  const times = [...records.values()].map(record => record.updatedAt).toSorted()
  const older = [...indexed.values()].find(({ scheme }) => scheme !== tokenScheme)
  return { again: [...new Set([...refused, ...overtaken])], newest: times.at(-1), olderScheme: older?.scheme }
}

/** What must be written for a record; nothing when its tokens are right as they are. */
async function changeOf(
  objects: ObjectRegistry,
  of: {
    id: string
    record: StoredRecord | undefined
    indexed: Indexed | undefined
    touched: Touched
    isRewrite: boolean
  },
): Promise<Change | undefined> {
  const { id, record, indexed } = of
  const tokens = await tokensOfRecord(objects, record)
  const doubted = of.touched.get(id) ?? new Set(of.isRewrite ? tokens : [])
  const unsure = doubted.union(new Set(indexed?.strays))
  const known = new Set(indexed?.tokens)
  const add = tokens.filter(token => unsure.has(token) || !known.has(token))
  const drop = [...known.union(unsure)].filter(token => !tokens.includes(token))
  if (add.length + drop.length === 0 && (!indexed || indexed.scheme === tokenScheme)) return undefined
  of.touched.set(id, unsure.union(new Set([...add, ...drop])))
  const revision = (indexed?.revision ?? 0) + 1
  return {
    version: record?.version ?? 0,
    tokens: { object: record?.object ?? objectOf(objects, id), id, add, drop },
    note: { id, replaces: indexed?.revision, revision, scheme: tokenScheme, tokens },
  }
}

async function tokensOfRecord(objects: ObjectRegistry, record: StoredRecord | undefined): Promise<string[]> {
  const object = objects.byName.get(record?.object ?? '')
  if (!record || !object || !isSearched(object) || record.deletedAt !== undefined) return []
  return tokensOf(searchTexts(object, record))
}

/** A record that is gone still tells its object by its id. */
function objectOf(objects: ObjectRegistry, id: string): string {
  const prefix = id.slice(0, id.lastIndexOf('_'))
  return objects.all.find(object => object.prefix === prefix)?.name ?? ''
}

/**
 * Records that changed while they were indexed. Their own event may have found the tokens right before this update made
 * them wrong, and writes nothing then: so the one who wrote last looks again.
 */
async function overtakenIds(store: Store, changes: readonly Change[]): Promise<string[]> {
  if (changes.length === 0) return []
  const ids = changes.map(({ note }) => note.id)
  const now = await readRecords(store, ids)
  return changes.flatMap(({ note, version }) => ((now.get(note.id)?.version ?? 0) === version ? [] : [note.id]))
}

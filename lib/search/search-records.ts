import { invalidAt } from '#lib/errors.ts'
import { allows, fieldAccess, recordRule } from '#lib/permissions/rules.ts'
import { openQuality } from '#lib/quality/open-quality.ts'
import { type RecordView, viewRecord } from '#lib/records/view.ts'
import type { Context } from '#lib/runtime/context.ts'
import { findCandidates } from '#lib/search/candidates.ts'
import { type Judgement, judge, mayBeSpoken } from '#lib/search/judge.ts'
import type { SearchText } from '#lib/search/keys.ts'
import { openPinyin } from '#lib/search/pinyin.ts'
import { parseQuery, type Query } from '#lib/search/query.ts'
import { isSearched, searchTexts } from '#lib/search/search-texts.ts'
import { tokenScheme } from '#lib/search/tokens.ts'

import type { StoredRecord } from '#lib/store/items.ts'
import { readRecords } from '#lib/store/read.ts'
import { readIndexStatus } from '#lib/store/search-notes.ts'
import type { Store } from '#lib/store/table.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** A search: what was typed, in which objects (plurals; all when absent), how many hits. */
export type SearchRequest = { q: string; objects?: readonly string[] | undefined; limit: number }

/** A record found, with the fields that matched; a higher score (0 to 100) is a better hit. */
export type SearchHit = {
  id: string
  object: string
  title: string
  score: number
  matched: string[]
  record: RecordView
}

/** A hit, and when its record last changed: of two that are as good, the later one comes first. */
type Ranked = { hit: SearchHit; updatedAt: string }

/** What a search answers. */
export type SearchResult = {
  items: SearchHit[]
  /** More records match than were looked at: a longer query finds the rest. */
  isPartial: boolean
  /** The index holds the changes up to about this time; absent while nothing has been indexed. */
  indexedThrough?: string
  /** How long the newest change in the index took to get there. */
  lagMs?: number
  /** The index was made by an older version of the software and misses some ways to find a record. */
  needsReindex: boolean
}

type ObjectSearch = { object: ObjectDefinition; query: Query; limit: number }
type Found = { hits: Ranked[]; isPartial: boolean }

/** 100 records a read: DynamoDB's ceiling for a BatchGetItem. */
const readLimit = 100

/**
 * Finds records by any word or part of a name, by its pinyin, by e-mail and by phone digits, among those the actor may see.
 * The index follows writes within about a second; hits are judged by the records as they are now.
 * @throws CrmError validation_failed for an empty query or an unknown object.
 */
export async function searchRecords(ctx: Context, searchStore: Store, request: SearchRequest): Promise<SearchResult> {
  const query = parseQuery(request.q)
  if (!query) throw invalidAt('?q', 'required', 'q must hold a letter, digit or Chinese character to search for.')
  const objects = searchedObjects(ctx, request.objects)
  const [status, ...found] = await Promise.all([
    readIndexStatus(searchStore),
    ...objects.map(object => searchObject(ctx, searchStore, { object, query, limit: request.limit })),
  ])
  const ranked = found.flatMap(({ hits }) => hits).toSorted(byRank)
  const { scheme = tokenScheme, through, lagMs } = status
  return {
    items: ranked.slice(0, request.limit).map(({ hit }) => hit),
    isPartial: found.some(({ isPartial }) => isPartial),
    ...(through !== undefined && { indexedThrough: through }),
    ...(lagMs !== undefined && { lagMs }),
    needsReindex: scheme !== tokenScheme,
  }
}

/** Best first; of equals the one changed last, and then always in the same order. */
function byRank(a: Ranked, b: Ranked): number {
  if (a.hit.score !== b.hit.score) return b.hit.score - a.hit.score
  if (a.updatedAt !== b.updatedAt) return a.updatedAt < b.updatedAt ? 1 : -1
  return a.hit.id < b.hit.id ? -1 : 1
}

function searchedObjects(ctx: Context, plurals: readonly string[] | undefined): ObjectDefinition[] {
  const searchable = ctx.objects.all.filter(object => !object.system)
  const wanted = new Set(plurals ?? searchable.map(object => object.plural))
  const objects = [...wanted].map(plural => {
    const object = searchable.find(each => each.plural === plural)
    const known = searchable.map(each => each.plural).join(', ')
    if (!object) throw invalidAt('?objects', 'unknown_object', `${plural} cannot be searched; name some of ${known}.`)
    return object
  })
  return objects.filter(object => isSearched(object) && recordRule(ctx.actor, object, 'read') !== false)
}

/** Reads on while fewer hits than wanted are found: an actor who sees little may find theirs late in a long list. */
async function searchObject(ctx: Context, searchStore: Store, search: ObjectSearch): Promise<Found> {
  const found: Found = { hits: [], isPartial: false }
  for await (const { ids, isMore } of findCandidates(searchStore, search.object.name, search.query)) {
    found.hits.push(...(await hitsAmong(ctx, search, ids)))
    found.isPartial = isMore
    if (found.hits.length >= search.limit) break
  }
  return found
}

async function hitsAmong(ctx: Context, search: ObjectSearch, ids: readonly string[]): Promise<Ranked[]> {
  const rule = recordRule(ctx.actor, search.object, 'read')
  await openQuality(search.object)
  const parts = Array.from({ length: Math.ceil(ids.length / readLimit) }, (_, i) =>
    readRecords(ctx.store, ids.slice(i * readLimit, (i + 1) * readLimit)),
  )
  const records = (await Promise.all(parts)).flatMap(part => [...part.values()])
  const visible = records.filter(record => record.deletedAt === undefined && allows(rule, record))
  const hits = await Promise.all(visible.map(record => rankedHit(ctx, search, record)))
  return hits.flatMap(each => each ?? [])
}

/** The hit, judged by the record as it is and by the fields that the actor may see: the index may lag and tells no secrets. */
async function rankedHit(
  ctx: Context,
  { object, query }: ObjectSearch,
  record: StoredRecord,
): Promise<Ranked | undefined> {
  const texts = searchTexts(object, record).filter(({ field }) => {
    const access = fieldAccess(ctx.actor, object.name, field)
    return access !== 'hidden' && access !== 'masked'
  })
  const judgement = await judged(query, texts, object.titleField)
  if (!judgement) return undefined
  const view = viewRecord(ctx, object, record)
  const title = String(view[object.titleField] ?? '')
  const { score, fields } = judgement
  const hit = { id: record.id, object: object.name, title, score, matched: fields, record: view }
  return { hit, updatedAt: record.updatedAt }
}

/** By what is written, and only then by how it is said: few queries need pinyin, which is large. */
async function judged(query: Query, texts: readonly SearchText[], titleField: string): Promise<Judgement | undefined> {
  const written = judge(query, texts, { titleField })
  if (written || !mayBeSpoken(query, texts)) return written
  return judge(query, texts, { titleField, read: await openPinyin() })
}

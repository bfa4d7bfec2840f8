import { invalidAt } from '#lib/errors.ts'
import { allows, fieldAccess, recordRule } from '#lib/permissions/rules.ts'
import { type RecordView, viewRecord } from '#lib/records/view.ts'
import type { Context } from '#lib/runtime/context.ts'
import { foldText, queryTerms } from '#lib/search/tokens.ts'
import { searchTexts } from '#lib/search/update-index.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecords } from '#lib/store/read.ts'
import { readTokenIds } from '#lib/store/search-table.ts'
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

/** 500 candidates a term: beyond that the term is too common to tell anything, and only bounds the work. */
const candidateLimit = 500

/**
 * Finds records by any word or prefix of a name, by e-mail and by phone digits, among those the actor may see.
 * The index follows writes within about a second.
 * @throws CrmError validation_failed for an empty query or an unknown object.
 */
export async function searchRecords(
  ctx: Context,
  searchStore: Store,
  request: SearchRequest,
): Promise<{ items: SearchHit[] }> {
  const terms = queryTerms(request.q)
  if (terms.length === 0)
    throw invalidAt('?q', 'required', 'q must hold a letter, digit or Chinese character to search for.')
  const found = await Promise.all(
    searchedObjects(ctx, request.objects).map(object =>
      searchObject(ctx, searchStore, { object, q: request.q, terms }),
    ),
  )
  const items = found.flat().toSorted((a, b) => b.score - a.score || (a.title < b.title ? -1 : 1))
  return { items: items.slice(0, request.limit) }
}

function searchedObjects(ctx: Context, plurals: readonly string[] | undefined): ObjectDefinition[] {
  const searchable = ctx.objects.all.filter(object => !object.system)
  const wanted = new Set(plurals ?? searchable.map(object => object.plural))
  return [...wanted].flatMap(plural => {
    const object = searchable.find(each => each.plural === plural)
    const known = searchable.map(each => each.plural).join(', ')
    if (!object) throw invalidAt('?objects', 'unknown_object', `${plural} cannot be searched; name some of ${known}.`)
    return recordRule(ctx.actor, object, 'read') === false ? [] : [object]
  })
}

async function searchObject(
  ctx: Context,
  searchStore: Store,
  search: { object: ObjectDefinition; q: string; terms: readonly string[] },
): Promise<SearchHit[]> {
  const { object } = search
  const ids = await candidates(searchStore, object, search.terms)
  const records = await readRecords(ctx.store, ids)
  const rule = recordRule(ctx.actor, object, 'read')
  return [...records.values()].flatMap(record => {
    if (record.deletedAt !== undefined || !allows(rule, record)) return []
    return hit(ctx, search, record)
  })
}

/** Ids that every term leads to. */
async function candidates(searchStore: Store, object: ObjectDefinition, terms: readonly string[]): Promise<string[]> {
  const lists = await Promise.all(terms.map(term => readTokenIds(searchStore, object.name, term, candidateLimit)))
  // A list that is full does not hold all of its records: it cannot exclude any, unless all lists are full.
  const whole = lists.filter(list => list.length < candidateLimit)
  const [first = [], ...others] = (whole.length > 0 ? whole : lists).toSorted((a, b) => a.length - b.length)
  const sets = others.map(list => new Set(list))
  return [...new Set(first)].filter(id => sets.every(set => set.has(id)))
}

/** The hit, judged by the record as it is and by the fields that the actor may see: the index may lag and tells no secrets. */
function hit(
  ctx: Context,
  { object, q, terms }: { object: ObjectDefinition; q: string; terms: readonly string[] },
  record: StoredRecord,
): SearchHit[] {
  const texts = searchTexts(object, record).filter(({ field }) => {
    const access = fieldAccess(ctx.actor, object.name, field)
    return access !== 'hidden' && access !== 'masked'
  })
  const folded = texts.map(({ field, text }) => ({ field, text: foldText(text) }))
  const isFound = terms.every(term => folded.some(({ text }) => text.includes(term)))
  if (!isFound) return []
  const matched = folded.filter(({ text }) => terms.some(term => text.includes(term))).map(({ field }) => field)
  const score = Math.max(...folded.map(({ field, text }) => scoreOf(foldText(q), text, field === object.titleField)))
  const view = viewRecord(ctx, object, record)
  const title = String(view[object.titleField] ?? '')
  return [{ id: record.id, object: object.name, title, score, matched: [...new Set(matched)], record: view }]
}

/** 100 for the whole text, 80 for its beginning, 60 for the beginning of a word, 40 for any part; 10 less outside the title. */
function scoreOf(query: string, text: string, isTitle: boolean): number {
  const less = isTitle ? 0 : 10
  if (text === query) return 100 - less
  if (text.startsWith(query)) return 80 - less
  const at = text.indexOf(query)
  if (at < 0) return 20 - less
  return (/[\p{L}\p{N}]/u.test(text[at - 1] ?? ' ') ? 40 : 60) - less
}

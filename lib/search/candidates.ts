import { lookUps, type Query, type Term } from '#lib/search/query.ts'
import { readTokenPage, type TokenPosition } from '#lib/store/search-table.ts'
import type { Store } from '#lib/store/table.ts'

/** Ids that may be hits; `isMore` when others are left to look at. */
export type Candidates = { ids: string[]; isMore: boolean }

/** What a term leads to, read page by page. */
type IdList = { term: Term; ids: Set<string>; isWhole(): boolean; readMore(): Promise<string[]> }

/** 500 candidates a page: a term that leads to more is too common for their order to matter much. */
const pageSize = 500
/** 2,000 candidates a query and object: 20 reads of 100 records; whoever may see one record in a hundred finds 20 among them. */
const maxCandidates = 2_000

/** Ids of an object's records that a query may mean, in pages, each id once; ends at 2,000, with `isMore` when that is not all. */
export async function* findCandidates(store: Store, object: string, query: Query): AsyncGenerator<Candidates> {
  const whole = openList(store, object, query.whole)
  const words = query.words.map(word => openList(store, object, word))
  await Promise.all([whole, ...words].map(list => list.readMore()))
  // Where every word is too common, the longest of them leads: it is likely the rarest.
  const leader = words.some(word => word.isWhole()) ? undefined : words.toSorted(byLength).at(-1)
  const pages = [whole, ...(leader ? [leader] : [])]
  const seen = new Set<string>()
  let ids = [...whole.ids, ...(leader?.ids ?? inAll(words))]
  for (;;) {
    const fresh = [...new Set(ids)].filter(id => !seen.has(id))
    for (const id of fresh) seen.add(id)
    const unread = pages.filter(list => !list.isWhole())
    yield { ids: fresh, isMore: unread.length > 0 }
    if (unread.length === 0 || seen.size >= maxCandidates) return
    ids = (await Promise.all(unread.map(list => list.readMore()))).flat()
  }
}

/** Ids that every list which is read to its end has. A list that is not does not exclude any. */
function inAll(lists: readonly IdList[]): string[] {
  const [first, ...others] = lists.filter(list => list.isWhole()).toSorted((a, b) => a.ids.size - b.ids.size)
  return [...(first?.ids ?? [])].filter(id => others.every(list => list.ids.has(id)))
}

function byLength(a: IdList, b: IdList): number {
  return (a.term.starts[0]?.length ?? 0) - (b.term.starts[0]?.length ?? 0)
}

function openList(store: Store, object: string, term: Term): IdList {
  const ids = new Set<string>()
  let strands = lookUps(term).map(prefix => ({
    prefix,
    after: undefined as TokenPosition | undefined,
  }))
  const readMore = async () => {
    const pages = await Promise.all(
      strands.map(async strand => ({
        strand,
        ...(await readTokenPage(store, object, { ...strand, limit: pageSize })),
      })),
    )
    strands = pages.flatMap(({ strand, next }) => (next === undefined ? [] : [{ ...strand, after: next }]))
    const read = pages.flatMap(page => page.ids)
    for (const id of read) ids.add(id)
    return read
  }
  return { term, ids, isWhole: () => strands.length === 0, readMore }
}

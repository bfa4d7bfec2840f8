import { groupApart } from '#lib/duplicate-groups/group-apart.ts'
import { groupIdOf, keyOf, toPair } from '#lib/duplicate-groups/regroup.ts'
import type { DuplicatePair } from '#lib/duplicates/types.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readDuplicateNotes, type StoredGroup, type StoredPair } from '#lib/store/duplicate-items.ts'

/** Likely pairs; `compared`: the records that were compared, whose pairs these are. Without it all were. */
type Found = { pairs: readonly DuplicatePair[]; compared?: ReadonlySet<string> }

/** 32 reads under way keep the table busy. */
const parallel = 32

/**
 * The groups that pairs make up with what is stored around them, as they will be stored: a pair of two records that were not
 * compared stands, a refused pair is none, one whose merge was undone is a suggestion at most. The surest first; nothing is
 * written.
 */
export async function likelyGroups(ctx: Pick<Context, 'store'>, object: string, found: Found): Promise<StoredGroup[]> {
  const around = await readAround(ctx, found)
  const kept = found.pairs.flatMap((pair): DuplicatePair[] => {
    const stored = around.get(`${pair.a} ${pair.b}`)
    if (stored?.state === 'refused') return []
    return [stored?.isUndone ? { ...pair, verdict: 'suggest' } : pair]
  })
  const standing = [...around.values()].filter(pair => isStanding(found, pair)).map(toPair)
  const refused = new Set([...around].flatMap(([key, { state }]) => (state === 'refused' ? [key] : [])))
  return groupApart([...kept, ...standing], refused)
    .map(({ members, score, verdict, reasons }): StoredGroup => {
      return { id: groupIdOf(object, members), object, status: 'open', members, score, verdict, reasons }
    })
    .toSorted((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
}

/** What is stored about pairs of these records and of those that standing pairs lead to, by both ids in rising order. */
async function readAround({ store }: Pick<Context, 'store'>, found: Found): Promise<Map<string, StoredPair>> {
  const around = new Map<string, StoredPair>()
  const seen = new Set(found.pairs.flatMap(({ a, b }) => [a, b]))
  for (let next = [...seen]; next.length > 0; ) {
    const notes = await Promise.all(next.splice(0, parallel).map(id => readDuplicateNotes(store, id)))
    for (const pair of notes.flatMap(({ pairs }) => pairs)) {
      around.set(keyOf(pair), pair)
      if (!isStanding(found, pair) || seen.has(pair.other)) continue
      seen.add(pair.other)
      next.push(pair.other)
    }
  }
  return around
}

/** Of a record that was compared only what was found now counts. */
function isStanding({ compared }: Found, { id, other, state }: StoredPair): boolean {
  return compared !== undefined && state === 'likely' && !compared.has(id) && !compared.has(other)
}

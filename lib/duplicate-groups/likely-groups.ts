import { groupApart } from '#lib/duplicate-groups/group-apart.ts'
import { groupIdOf } from '#lib/duplicate-groups/regroup.ts'
import type { DuplicatePair } from '#lib/duplicates/types.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readDuplicateNotes, type StoredGroup, type StoredPair } from '#lib/store/duplicate-items.ts'

/** 32 reads under way keep the table busy. */
const parallel = 32

/**
 * The groups that pairs make up with what people decided about them: a refused pair is none, one whose merge was undone is a
 * suggestion at most. The surest first; nothing is written.
 */
export async function likelyGroups(
  ctx: Pick<Context, 'store'>,
  object: string,
  pairs: readonly DuplicatePair[],
): Promise<StoredGroup[]> {
  const decided = await decisions(
    ctx,
    pairs.map(({ a }) => a),
  )
  const keyOf = ({ a, b }: DuplicatePair) => `${a} ${b}`
  const kept = pairs.flatMap((pair): DuplicatePair[] => {
    const stored = decided.get(keyOf(pair))
    if (stored?.state === 'refused') return []
    return [stored?.isUndone ? { ...pair, verdict: 'suggest' } : pair]
  })
  const refused = new Set([...decided].flatMap(([key, { state }]) => (state === 'refused' ? [key] : [])))
  return groupApart(kept, refused)
    .map(({ members, score, verdict, reasons }): StoredGroup => {
      return { id: groupIdOf(object, members), object, status: 'open', members, score, verdict, reasons }
    })
    .toSorted((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
}

/** What was decided about pairs of these records, by both ids in rising order. */
async function decisions({ store }: Pick<Context, 'store'>, ids: readonly string[]): Promise<Map<string, StoredPair>> {
  const found = new Map<string, StoredPair>()
  const queue = new Set(ids).values()
  const worker = async () => {
    for (const id of queue)
      for (const pair of (await readDuplicateNotes(store, id)).pairs) {
        const [a, b] = pair.id < pair.other ? [pair.id, pair.other] : [pair.other, pair.id]
        found.set(`${a} ${b}`, pair)
      }
  }
  await Promise.all(Array.from({ length: parallel }, worker))
  return found
}

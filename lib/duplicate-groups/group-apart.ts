import { groupPairs } from '#lib/duplicates/group-pairs.ts'
import type { DuplicateGroup, DuplicatePair } from '#lib/duplicates/types.ts'

/**
 * Groups likely pairs so that no group holds two records of which somebody said that they are two: a record that is like
 * both goes with the one it is more like.
 * @param refused `a b` of such pairs, a before b.
 */
export function groupApart(pairs: readonly DuplicatePair[], refused: ReadonlySet<string>): DuplicateGroup[] {
  const groups = groupPairs(pairs)
  if (refused.size === 0) return groups
  return groups.flatMap(group => {
    const torn = refusedPairIn(group, refused)
    if (!torn) return [group]
    const members = new Set(group.members)
    const own = pairs.filter(({ a, b }) => members.has(a) && members.has(b))
    return groupApart(without(own, torn), refused)
  })
}

function refusedPairIn({ members }: DuplicateGroup, refused: ReadonlySet<string>): [string, string] | undefined {
  for (const [i, a] of members.entries())
    for (const b of members.slice(i + 1)) if (refused.has(`${a} ${b}`)) return [a, b]
  return undefined
}

/** The pairs without the weaker of the two by which a record hangs on both; without the weakest of all where none does. */
function without(pairs: readonly DuplicatePair[], [x, y]: [string, string]): DuplicatePair[] {
  const linkTo = (id: string, member: string) =>
    pairs.find(({ a, b }) => (a === id && b === member) || (a === member && b === id))
  const members = new Set(pairs.flatMap(({ a, b }) => [a, b]))
  const weaker = [...members].flatMap(member => {
    const [one, other] = [linkTo(x, member), linkTo(y, member)]
    return one && other ? [isStronger(one, other) ? other : one] : []
  })
  const dropped = new Set(weaker.length > 0 ? weaker : [pairs.reduce((a, b) => (isStronger(a, b) ? b : a))])
  return pairs.filter(pair => !dropped.has(pair))
}

/** Pairs of the same score are told apart by their ids, so that the order of the pairs never matters. */
function isStronger(a: DuplicatePair, b: DuplicatePair): boolean {
  return a.score === b.score ? `${a.a} ${a.b}` < `${b.a} ${b.b}` : a.score > b.score
}

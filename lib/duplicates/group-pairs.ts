import type { DuplicateGroup, DuplicatePair, Reason } from '#lib/duplicates/types.ts'

/** Half of the pairs between two groups must be likely before they become one: a chain of look-alikes stays apart. */
const linkedShare = 0.5

/**
 * Groups of records that are likely one thing, whatever the order of the pairs; strongest pairs are joined first.
 * A group is certain (`merge`) only when every two members are a likely pair and certain pairs connect them all.
 */
export function groupPairs(pairs: readonly DuplicatePair[]): DuplicateGroup[] {
  const known = new Map(pairs.map(pair => [`${pair.a} ${pair.b}`, pair]))
  const groupOf = new Map<string, string[]>()
  for (const id of pairs.flatMap(({ a, b }) => [a, b])) groupOf.set(id, [id])
  for (const { a, b } of [...known.values()].sort(strongerFirst)) {
    const [left, right] = [groupOf.get(a) ?? [], groupOf.get(b) ?? []]
    if (left !== right && isLinked(known, left, right)) join(groupOf, left, right)
  }
  const groups = [...new Set(groupOf.values())].filter(members => members.length > 1)
  return groups.map(members => describe(members.sort(), known)).sort((x, y) => (idOf(x) < idOf(y) ? -1 : 1))
}

function strongerFirst(x: DuplicatePair, y: DuplicatePair): number {
  if (x.verdict !== y.verdict) return x.verdict === 'merge' ? -1 : 1
  return y.score - x.score || (`${x.a} ${x.b}` < `${y.a} ${y.b}` ? -1 : 1)
}

function isLinked(
  known: ReadonlyMap<string, DuplicatePair>,
  left: readonly string[],
  right: readonly string[],
): boolean {
  const links = left.flatMap(a => right.filter(b => known.has(keyOf(a, b)))).length
  return links >= linkedShare * left.length * right.length
}

function join(groupOf: Map<string, string[]>, left: string[], right: readonly string[]): void {
  left.push(...right)
  for (const id of right) groupOf.set(id, left)
}

function describe(members: string[], known: ReadonlyMap<string, DuplicatePair>): DuplicateGroup {
  const all = members.flatMap((a, i) => members.slice(i + 1).map(b => known.get(keyOf(a, b))))
  const pairs = all.filter(pair => pair !== undefined)
  const isCertain = pairs.length === all.length && isConnected(members, pairs)
  return {
    members,
    score: Math.min(...pairs.map(({ score }) => score)),
    verdict: isCertain ? 'merge' : 'suggest',
    reasons: strongestReasons(pairs),
  }
}

function isConnected(members: readonly string[], pairs: readonly DuplicatePair[]): boolean {
  const certain = pairs.filter(({ verdict }) => verdict === 'merge')
  const reached = new Set(members.slice(0, 1))
  for (const id of reached)
    for (const { a, b } of certain) {
      if (a === id) reached.add(b)
      if (b === id) reached.add(a)
    }
  return reached.size === members.length
}

/** Each outcome once, with the greatest weight it has in any pair. */
function strongestReasons(pairs: readonly DuplicatePair[]): Reason[] {
  const strongest = new Map<string, Reason>()
  for (const reason of pairs.flatMap(({ reasons }) => reasons)) {
    const before = strongest.get(reason.code)
    if (!before || Math.abs(reason.weight) > Math.abs(before.weight)) strongest.set(reason.code, reason)
  }
  return [...strongest.values()].sort((x, y) => Math.abs(y.weight) - Math.abs(x.weight) || (x.code < y.code ? -1 : 1))
}

function keyOf(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`
}

function idOf({ members }: DuplicateGroup): string {
  return members[0] ?? ''
}

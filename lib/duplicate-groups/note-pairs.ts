import { isDeepStrictEqual } from 'node:util'
import type { DuplicatePair } from '#lib/duplicates/types.ts'
import { dropPair, putPair, type StoredPair } from '#lib/store/duplicate-items.ts'
import type { Step } from '#lib/store/transaction.ts'

/** What to write so that a record's pairs are these; what people decided stays. */
export function pairSteps(
  tableName: string,
  id: string,
  { stored, found }: { stored: readonly StoredPair[]; found: readonly DuplicatePair[] },
): Step[] {
  const byOther = new Map(stored.map(pair => [pair.other, pair]))
  const wanted = new Map(found.map(pair => [otherOf(pair, id), pair]))
  const vanished = stored.filter(pair => pair.state === 'likely' && !wanted.has(pair.other))
  return [
    ...vanished.flatMap(pair => vanishSteps(tableName, pair)),
    ...[...wanted].flatMap(([other, pair]) => foundSteps(tableName, { id, other, pair }, byOther.get(other))),
  ]
}

/** Both halves of a pair. */
export function halves(pair: StoredPair): [StoredPair, StoredPair] {
  return [pair, { ...pair, id: pair.other, other: pair.id }]
}

/** That a merge of the two was undone must outlive a time in which they were not alike. */
function vanishSteps(tableName: string, pair: StoredPair): Step[] {
  return pair.isUndone
    ? halves({ ...pair, state: 'gone' }).map(half => putPair(tableName, half))
    : halves(pair).map(half => dropPair(tableName, half))
}

function foundSteps(
  tableName: string,
  { id, other, pair }: { id: string; other: string; pair: DuplicatePair },
  stored: StoredPair | undefined,
): Step[] {
  if (stored?.state === 'refused') return []
  const { score, reasons } = pair
  const isUndone = stored?.isUndone === true
  const verdict = isUndone ? 'suggest' : pair.verdict
  const next: StoredPair = { id, other, state: 'likely', score, verdict, reasons, ...(isUndone && { isUndone }) }
  return isDeepStrictEqual(stored, next) ? [] : halves(next).map(half => putPair(tableName, half))
}

function otherOf({ a, b }: DuplicatePair, id: string): string {
  return a === id ? b : a
}

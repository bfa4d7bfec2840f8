/** 50 records: 1,225 pairs, which a key shared by more would cost for little. */
const commonLimit = 50
/** 5 records: a name alone, unless it is rare, says nothing; with its employer, phone or e-mail it has other keys. */
const nameLimit = 5

/** How many records may share a key of a kind before it is too common to compare them all. */
export function keyLimitOf(kind: string, limit: number = commonLimit): number {
  return kind === 'person' ? Math.min(nameLimit, limit) : limit
}

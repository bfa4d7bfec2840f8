const units: [RegExp, string][] = [
  [/^(?:d|days?|天|日)$/, 'D'],
  [/^(?:w|weeks?|周|星期)$/, 'W'],
  [/^(?:months?|个?月)$/, 'M'],
  [/^(?:y|years?|年)$/, 'Y'],
]

/** A span of time as people write it (90天, 3 months) in ISO 8601 (P90D, P3M); anything else as it is, for the engine to judge. */
export function convertDuration(text: string): string {
  const plain = text.normalize('NFKC').trim().toLowerCase()
  const [, count, word = ''] = /^(\d{1,5})\s*(\p{L}+)$/u.exec(plain) ?? []
  const unit = units.find(([pattern]) => pattern.test(word))?.[1]
  return count && unit ? `P${count}${unit}` : text
}

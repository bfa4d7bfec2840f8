/** How two days of the calendar relate. */
export type DateMatch = 'same' | 'slip' | 'part' | 'different'

/**
 * Compares two days (`YYYY-MM-DD`): `slip` is one digit wrong or a pair of digits or day and month swapped,
 * `part` two of year, month and day the same.
 */
export function compareDates(a: string, b: string): DateMatch {
  if (a === b) return 'same'
  const [first, second] = [digits(a), digits(b)]
  if (first.length !== 8 || second.length !== 8) return 'different'
  const wrong = [...first].flatMap((digit, i) => (digit === second[i] ? [] : [i]))
  if (wrong.length === 1 || isSwap(first, second, wrong) || isDayMonthSwap(first, second)) return 'slip'
  const same = [
    first.slice(0, 4) === second.slice(0, 4),
    first.slice(4, 6) === second.slice(4, 6),
    first.slice(6) === second.slice(6),
  ]
  return same.filter(Boolean).length === 2 ? 'part' : 'different'
}

function digits(date: string): string {
  return date.slice(0, 10).replace(/\D/g, '')
}

function isSwap(a: string, b: string, wrong: number[]): boolean {
  const [i = -1, j = -1] = wrong
  return wrong.length === 2 && j === i + 1 && a[i] === b[j] && a[j] === b[i]
}

function isDayMonthSwap(a: string, b: string): boolean {
  return a.slice(0, 4) === b.slice(0, 4) && a.slice(4, 6) === b.slice(6) && a.slice(6) === b.slice(4, 6)
}

import { distance } from 'fastest-levenshtein'
import jaroWinkler from 'talisman/metrics/jaro-winkler.js'

/** Likeness of two texts from 0 to 1 by Jaro and Winkler: forgiving of slips, strict about how they begin. */
export function likeness(a: string, b: string): number {
  return a === b ? 1 : jaroWinkler(a, b)
}

/** Whether one slip of the hand makes one text of the other: a character wrong, missing, too many, or two neighbours swapped. */
export function isSlip(a: string, b: string): boolean {
  if (a.length === b.length) return isWrongOrSwapped(a, b)
  if (Math.abs(a.length - b.length) > 1) return false
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  let at = 0
  while (at < short.length && short[at] === long[at]) at++
  return short.slice(at) === long.slice(at + 1)
}

/** Share of characters that need no edit. */
export function editLikeness(a: string, b: string): number {
  const longest = Math.max(a.length, b.length)
  return longest === 0 ? 1 : 1 - distance(a, b) / longest
}

/** Without a table of distances: this is asked for millions of phone numbers. */
function isWrongOrSwapped(a: string, b: string): boolean {
  let first = -1
  let wrong = 0
  for (let i = 0; i < a.length; i++) {
    if (a.charCodeAt(i) === b.charCodeAt(i)) continue
    if (wrong === 0) first = i
    if (++wrong > 2) return false
  }
  if (wrong === 1) return true
  return wrong === 2 && a[first] === b[first + 1] && a[first + 1] === b[first] && first + 1 < a.length
}

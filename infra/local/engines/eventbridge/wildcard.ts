/** Stands in for an escaped star or backslash while a pattern is split. */
const escapedStar = '\u0000'
const escapedBackslash = '\u0001'

/** A test for EventBridge's wildcard: `*` is any run of characters, `\*` and `\\` are literal; linear in the text's length. */
export function wildcardTest(pattern: string): (text: string) => boolean {
  const segments = pattern
    .replace(/\\([*\\])/g, (_, character) => (character === '*' ? escapedStar : escapedBackslash))
    .split('*')
    .map(segment => segment.replaceAll(escapedStar, '*').replaceAll(escapedBackslash, '\\'))
  const [first = '', ...others] = segments
  const last = others.pop()
  if (last === undefined) return text => text === first
  return text => {
    if (!text.startsWith(first)) return false
    const end = others.reduce((from, segment) => endOf(segment, text, from), first.length)
    return text.endsWith(last) && text.length - last.length >= end
  }
}

/** Where a segment's first occurrence ends; infinity, which no text reaches, when there is none. */
function endOf(segment: string, text: string, from: number): number {
  const at = text.indexOf(segment, from)
  return at < 0 || from > text.length ? Number.POSITIVE_INFINITY : at + segment.length
}

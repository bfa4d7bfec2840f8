/** Where a row stands in a text, and how it is to be read. `isLast`: no text follows. */
export type RowText = { text: string; start: number; delimiter: string; isLast: boolean }

/**
 * What is found at a place in the text: a row with the place after its line end; a row that needs more text, and whether that is inside quotes; or a quoted
 * cell with text after its closing quote. `quoteAt` is where the quoted cell starts. `hasBareQuote`: an unquoted cell has a quote inside, which is kept.
 */
export type ScannedRow =
  | { kind: 'row'; cells: string[]; end: number; hasBareQuote: boolean; isQuoted: boolean }
  | { kind: 'unfinished'; cells: string[]; quoteAt?: number }
  | { kind: 'stray'; cells: string[]; quoteAt: number; at: number }

type Cell = { value: string; end: number; hasBareQuote?: boolean; isQuoted?: boolean }
type Stop = { stop: 'unfinished' | 'stray'; quoteAt?: number; at?: number }

const quote = 34
const lineFeed = 10
const carriageReturn = 13
const space = 32

/**
 * Reads one row (RFC 4180, every kind of line end). Spaces around a quoted cell are dropped. A quote inside an unquoted cell is kept as it is:
 * `a"b` is the value a"b.
 */
export function scanRow(place: RowText): ScannedRow {
  const { text, delimiter, isLast } = place
  const cells: string[] = []
  let at = place.start
  let hasBareQuote = false
  let isQuoted = false
  for (;;) {
    const cell = scanCell(place, at)
    if ('stop' in cell) return stopped(cells, cell)
    cells.push(cell.value)
    hasBareQuote ||= cell.hasBareQuote === true
    isQuoted ||= cell.isQuoted === true
    at = cell.end
    if (text[at] === delimiter) {
      at += 1
      continue
    }
    const end = lineEnd(text, at, isLast)
    return end === undefined
      ? { kind: 'unfinished', cells: cells.slice(0, -1) }
      : { kind: 'row', cells, end, hasBareQuote, isQuoted }
  }
}

function stopped(cells: string[], { stop, quoteAt, at = 0 }: Stop): ScannedRow {
  if (stop === 'stray' && quoteAt !== undefined) return { kind: 'stray', cells, quoteAt, at }
  return quoteAt === undefined ? { kind: 'unfinished', cells } : { kind: 'unfinished', cells, quoteAt }
}

/** Place after the line end; undefined while a CR may still get its LF. */
function lineEnd(text: string, at: number, isLast: boolean): number | undefined {
  if (at >= text.length) return isLast ? at : undefined
  if (text.charCodeAt(at) !== carriageReturn) return at + 1
  if (at + 1 >= text.length) return isLast ? at + 1 : undefined
  return text.charCodeAt(at + 1) === lineFeed ? at + 2 : at + 1
}

function scanCell(place: RowText, start: number): Cell | Stop {
  const { text } = place
  let open = start
  while (text.charCodeAt(open) === space) open++
  if (text.charCodeAt(open) === quote) return scanQuoted(place, open)
  const separator = place.delimiter.charCodeAt(0)
  let hasBareQuote = false
  let at = start
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === separator || code === lineFeed || code === carriageReturn) break
    if (code === quote) hasBareQuote = true
  }
  if (at === text.length && !place.isLast) return { stop: 'unfinished' }
  return { value: text.slice(start, at), end: at, hasBareQuote }
}

function scanQuoted({ text, delimiter, isLast }: RowText, open: number): Cell | Stop {
  let hasEscapes = false
  let close = text.indexOf('"', open + 1)
  while (close >= 0 && text.charCodeAt(close + 1) === quote) {
    hasEscapes = true
    close = text.indexOf('"', close + 2)
  }
  if (close < 0) return { stop: 'unfinished', quoteAt: open }
  let end = close + 1
  while (text.charCodeAt(end) === space) end++
  if (end >= text.length && !isLast) return { stop: 'unfinished', quoteAt: open }
  const next = text.charCodeAt(end)
  const isEnd = end >= text.length || text[end] === delimiter || next === lineFeed || next === carriageReturn
  if (!isEnd) return { stop: 'stray', quoteAt: open, at: end }
  const inside = text.slice(open + 1, close)
  return { value: hasEscapes ? inside.replaceAll('""', '"') : inside, end, isQuoted: true }
}

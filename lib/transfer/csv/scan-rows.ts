import { type RowText, type ScannedRow, scanRow } from '#lib/transfer/csv/scan-row.ts'

/**
 * A row as found in the text: `lineCount` are the text lines it takes. A fault is what the scanner could not read; the row then has what could be.
 * `quoteLine` counts from the row's first line (0).
 */
export type RawRow = {
  cells: string[]
  lineCount: number
  hasQuotes: boolean
  hasBareQuote: boolean
  fault?: {
    code: 'unclosed_quote' | 'stray_quote' | 'row_too_long'
    column: number
    quoteLine?: number
    lostLines?: number
  }
}

/** How rows are read: `columns` of the header, 0 when not known yet. */
export type ScanOptions = { delimiter: string; columns: number }

/** 400 KB: DynamoDB's ceiling for an item, so a longer row is no record. */
export const maxRowLength = 400_000
/** What is kept of each cell of a row that is too long. */
const keptLength = 200

/** A scanner takes text in pieces and gives rows; `held()` is the number of characters it keeps between pieces. */
export type RowScanner = { push(text: string): Generator<RawRow>; end(): Generator<RawRow>; held(): number }

/** Cuts text into rows. Never keeps more than `maxRowLength` characters and a piece, whatever the text is. */
export function openScanner(options: ScanOptions): RowScanner {
  const state: State = { options, rest: '', tooLong: undefined }
  return {
    push: text => {
      state.rest += text
      return rowsOf(state, false)
    },
    end: () => rowsOf(state, true),
    held: () => state.rest.length,
  }
}

type TooLong = { cells: string[]; column: number; lineCount: number; quoteLine: number | undefined }
type State = { options: ScanOptions; rest: string; tooLong: TooLong | undefined }

function* rowsOf(state: State, isLast: boolean): Generator<RawRow> {
  let start = 0
  const { delimiter } = state.options
  while (start < state.rest.length) {
    const place: RowText = { text: state.rest, start, delimiter, isLast }
    const row = scanRow(place)
    if (!isLast && needsMore(place, row)) {
      const closed = dropExcess(state, start, row)
      if (closed === undefined) return
      yield closed.row
      start = closed.end
      continue
    }
    const { raw, end } = state.tooLong ? finishLong(state, place, row) : rawRow(state.options, place, row)
    start = end
    yield raw
  }
  state.rest = ''
  if (isLast && state.tooLong) yield longRow(state.tooLong, true)
  state.tooLong = undefined
}

/** A row with a fault ends where a line ends, which may be yet to come, as may the LF behind a CR. */
function needsMore({ text }: RowText, row: ScannedRow): boolean {
  if (row.kind !== 'stray') return row.kind === 'unfinished'
  return endOfLine(text, row.at) === text.length && !text.endsWith('\n')
}

/** A row as it is, or what can be said of one with a fault; the reading goes on at `end`. */
function rawRow(options: ScanOptions, place: RowText, row: ScannedRow): { raw: RawRow; end: number } {
  const { text, start } = place
  if (row.kind === 'row') {
    const { cells, end, hasBareQuote, isQuoted } = row
    const lineCount = isQuoted ? Math.max(1, lineEnds(text.slice(start, end))) : 1
    const raw = { cells, lineCount, hasQuotes: isQuoted, hasBareQuote }
    if (lineCount === 1 || !hasBareQuote) return { raw, end }
    // Quotes over several lines that do not match up: most likely one is missing and lines were swallowed.
    const fault = { code: 'stray_quote', column: 1, quoteLine: 0, lostLines: lineCount - 1 } as const
    return { raw: { ...raw, fault }, end }
  }
  const quoteAt = row.quoteAt ?? start
  const firstEnd = endOfLine(text, quoteAt)
  const isOneLine = row.kind === 'stray' && row.at < firstEnd
  // Lines after an open quote are rows again only if that can be told: a single column looks like any text.
  const end = isOneLine || options.columns > 1 ? firstEnd : row.kind === 'stray' ? endOfLine(text, row.at) : text.length
  const code = row.kind === 'stray' ? 'stray_quote' : 'unclosed_quote'
  const read = text.slice(start, end)
  const quoteLine = lineEnds(text.slice(start, quoteAt))
  const lostLines = linesIn(text.slice(firstEnd, end))
  const cells = plainCells(read, options.delimiter)
  const fault = { code, column: row.cells.length + 1, quoteLine, lostLines } as const
  return { raw: { cells, lineCount: linesIn(read), hasQuotes: true, hasBareQuote: true, fault }, end }
}

/** Keeps a row from growing without end. A quote that swallowed what looks like rows is told at once: `closed` is then where reading goes on. */
function dropExcess(state: State, start: number, row: ScannedRow): { row: RawRow; end: number } | undefined {
  const text = state.rest.slice(start)
  if (text.length <= maxRowLength) {
    state.rest = text
    return undefined
  }
  const place: RowText = { text: state.rest, start, delimiter: state.options.delimiter, isLast: false }
  if (!state.tooLong && row.kind === 'unfinished' && row.quoteAt !== undefined && swallowsRows(state, row.quoteAt)) {
    const { raw, end } = rawRow(state.options, place, row)
    return { row: raw, end }
  }
  const quoteAt = row.kind === 'unfinished' ? row.quoteAt : undefined
  const before = quoteAt === undefined ? text.length : quoteAt - start
  state.tooLong = {
    cells: state.tooLong?.cells ?? plainCells(text, state.options.delimiter).slice(0, 200),
    column: state.tooLong?.column ?? row.cells.length + 1,
    lineCount: (state.tooLong?.lineCount ?? 0) + lineEnds(text),
    quoteLine: quoteAt === undefined ? undefined : (state.tooLong?.quoteLine ?? lineEnds(text.slice(0, before))),
  }
  // What goes on is the same cell: quoted (a quote at the very end may be the first half of an escaped one), or not.
  state.rest = quoteAt === undefined ? plainRest(text) : endsWithHalf(text.slice(before + 1)) ? '""' : '"'
  return undefined
}

/** A CR at the end may still get its LF. */
function plainRest(text: string): string {
  return text.endsWith('\r') ? 'x\r' : 'x'
}

function endsWithHalf(cell: string): boolean {
  const text = cell.trimEnd()
  let quotes = 0
  while (quotes < text.length && text[text.length - 1 - quotes] === '"') quotes++
  return quotes % 2 === 1
}

/** Whether the text after an open quote is made of rows as wide as the header: nine lines in ten. */
function swallowsRows(state: State, quoteAt: number): boolean {
  const { columns, delimiter } = state.options
  if (columns < 2) return false
  const lines = state.rest
    .slice(endOfLine(state.rest, quoteAt))
    .split(/\r\n|\n|\r/)
    .slice(0, -1)
  const fitting = lines.filter(line => scanWidth(line, delimiter) === columns)
  return lines.length >= 3 && fitting.length >= lines.length * 0.9
}

function scanWidth(line: string, delimiter: string): number {
  const row = scanRow({ text: line, start: 0, delimiter, isLast: true })
  return row.kind === 'row' ? row.cells.length : 0
}

function finishLong(state: State, place: RowText, row: ScannedRow): { raw: RawRow; end: number } {
  const tooLong = state.tooLong ?? { cells: [], column: 1, lineCount: 0, quoteLine: undefined }
  const end = row.kind === 'row' ? row.end : row.kind === 'stray' ? endOfLine(place.text, row.at) : place.text.length
  const lineCount = tooLong.lineCount + lineEnds(place.text.slice(place.start, end))
  state.tooLong = undefined
  return { raw: longRow({ ...tooLong, lineCount }, row.kind === 'unfinished'), end }
}

function longRow({ cells, column, lineCount, quoteLine }: TooLong, isOpen: boolean): RawRow {
  const base = { cells, lineCount: Math.max(1, lineCount), hasQuotes: quoteLine !== undefined, hasBareQuote: false }
  if (!isOpen || quoteLine === undefined) return { ...base, fault: { code: 'row_too_long', column } }
  return { ...base, fault: { code: 'unclosed_quote', column, quoteLine, lostLines: lineCount - quoteLine - 1 } }
}

/** The first line cut at its delimiters, quotes kept: what a person sees of a row that cannot be read. */
function plainCells(text: string, delimiter: string): string[] {
  const line = text.slice(0, endOfLine(text, 0)).replace(/[\r\n]+$/, '')
  return line.split(delimiter).map(cell => cell.slice(0, keptLength))
}

function endOfLine(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 10) return at + 1
    if (code === 13) return text.charCodeAt(at + 1) === 10 ? at + 2 : at + 1
  }
  return text.length
}

/** Lines that a text takes; one without a line end counts too. */
function linesIn(text: string): number {
  return text === '' ? 0 : lineEnds(text) + (/[\r\n]$/.test(text) ? 0 : 1)
}

function lineEnds(text: string): number {
  let count = 0
  for (let at = endOfLine(text, 0); at < text.length; at = endOfLine(text, at)) count++
  return /[\r\n]$/.test(text) ? count + 1 : count
}

import { undecodable } from '#lib/transfer/csv/decode-bytes.ts'
import { namedDelimiter } from '#lib/transfer/csv/detect-delimiter.ts'
import { unguardFormula } from '#lib/transfer/csv/formula.ts'
import type { CsvFormat, CsvProblem, CsvRow } from '#lib/transfer/csv/read-csv.ts'
import type { RawRow } from '#lib/transfer/csv/scan-rows.ts'

/** 100,000 characters: twice the longest text a field takes. */
const maxCellLength = 100_000

type Reading = { format: CsvFormat; row: number; line: number; hasHeader: boolean; isAfterFault: boolean }

/** Gives rows their numbers and problems: passes over blank rows, the `sep=` line and the header. Call it for each raw row in turn. */
export function openNumbering(format: CsvFormat): (raw: RawRow) => CsvRow | undefined {
  const reading: Reading = { format, row: 0, line: 1, hasHeader: false, isAfterFault: false }
  return raw => {
    const { line } = reading
    reading.line += raw.lineCount
    if (!reading.hasHeader) {
      reading.hasHeader = !isBlank(raw) && !(line === 1 && namesDelimiter(raw, format.delimiter))
      return undefined
    }
    reading.row += 1
    if (isBlank(raw)) return undefined
    return numbered(reading, raw, line)
  }
}

/** Whether a row says nothing: all its cells are empty, as in the rows a spreadsheet leaves behind the data. */
export function isBlank(raw: RawRow): boolean {
  return raw.fault === undefined && raw.cells.every(cell => cell.trim() === '')
}

/** Whether a row is Excel's `sep=` line. */
export function namesDelimiter(raw: RawRow, delimiter: string): boolean {
  return namedDelimiter(raw.cells.join(delimiter)) !== undefined
}

function numbered(reading: Reading, raw: RawRow, line: number): CsvRow {
  const { format, row } = reading
  const problem = problemOf(reading, raw, line)
  reading.isAfterFault = problem?.code === 'stray_quote' || problem?.code === 'unclosed_quote'
  const cells = raw.fault ? raw.cells : withoutEmptyEnd(raw.cells, format.header.length).map(unguardFormula)
  if (!problem) return { row, line, cells }
  return { row, line, cells: cells.map(shown), problem: { row, ...problem } }
}

type Problem = Omit<CsvProblem, 'row'>

function problemOf(reading: Reading, raw: RawRow, line: number): Problem | undefined {
  if (raw.fault) return faultProblem(raw.fault, line)
  const { header } = reading.format
  const place = (i: number) => `Column ${i + 1}${header[i] ? ` (${header[i]})` : ''}`
  for (const [i, cell] of raw.cells.entries()) {
    if (!cell.isWellFormed()) return { column: i + 1, ...undecodableProblem(place(i), cell, reading.format.encoding) }
    if (cell.length > maxCellLength)
      return {
        column: i + 1,
        code: 'cell_too_long',
        detail: `${place(i)} has ${cell.length} characters, more than ${maxCellLength}; shorten it.`,
      }
    if (cell.includes('\0'))
      return {
        column: i + 1,
        code: 'nul_character',
        detail: `${place(i)} has a NUL character in ${brief(cell)}; remove it.`,
      }
  }
  return widthProblem(raw, header) ?? bareQuoteProblem(reading, raw)
}

function undecodableProblem(place: string, cell: string, encoding: string): Omit<Problem, 'column'> {
  const detail = `${place} has bytes that are not ${encoding}: ${brief(shown(cell))}. Save the whole file as "CSV UTF-8", or say which encoding it has.`
  return { code: 'undecodable', detail }
}

function widthProblem({ cells }: RawRow, header: string[]): Problem | undefined {
  const width = withoutEmptyEnd(cells, header.length).length
  if (width === header.length) return undefined
  const detail =
    width > header.length
      ? `The row has ${width} cells, the header ${header.length}: cell ${header.length + 1} is ${brief(cells[header.length] ?? '')}. Put text that contains the delimiter in quotes.`
      : `The row has ${width} ${width === 1 ? 'cell' : 'cells'}, the header ${header.length}. Add the missing cells; they may be empty.`
  return { column: Math.min(width, header.length) + 1, code: 'ragged_row', detail }
}

function bareQuoteProblem({ isAfterFault }: Reading, { hasBareQuote, cells }: RawRow): Problem | undefined {
  if (!isAfterFault || !hasBareQuote) return undefined
  const column = cells.findIndex(cell => cell.includes('"')) + 1
  return {
    column,
    code: 'stray_quote',
    detail: 'The row has a quote that belongs to the row before it; mend that one first.',
  }
}

function faultProblem(fault: NonNullable<RawRow['fault']>, line: number): Problem {
  const { column, code, quoteLine = 0, lostLines = 0 } = fault
  const at = line + quoteLine
  const lost = lostLines > 0 ? ` Lines ${at + 1} to ${at + lostLines} were taken for its text and are not read.` : ''
  const details = {
    unclosed_quote: `The quote opened at line ${at} is never closed.${lost} Close it; a quote that is part of the text is written twice ("").`,
    stray_quote: `Text follows the closing quote of the cell opened at line ${at}.${lost} A quote that is part of the text is written twice ("").`,
    row_too_long: `The row is longer than 400,000 characters, more than a record can hold; column ${column} was reached. Shorten it.`,
  }
  return { column, code, detail: details[code] }
}

/** Cells beyond the header that are empty are no data: spreadsheets write them. */
function withoutEmptyEnd(cells: string[], width: number): string[] {
  let end = cells.length
  while (end > width && cells[end - 1] === '') end--
  return end === cells.length ? cells : cells.slice(0, end)
}

function shown(cell: string): string {
  return cell.slice(0, maxCellLength).replaceAll(undecodable, '\ufffd').toWellFormed()
}

function brief(cell: string): string {
  const text = cell.replace(/\s+/g, ' ')
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text)
}

import { invalidAt } from '#lib/errors.ts'
import { checkHeader } from '#lib/transfer/csv/check-header.ts'
import { isBlank, namesDelimiter, openNumbering } from '#lib/transfer/csv/csv-rows.ts'
import { decodeText } from '#lib/transfer/csv/decode-text.ts'
import { detectDelimiter } from '#lib/transfer/csv/detect-delimiter.ts'
import { detectEncoding } from '#lib/transfer/csv/detect-encoding.ts'
import { type Encoding, namedEncoding } from '#lib/transfer/csv/encodings.ts'
import { refuseBinary, refuseNoise } from '#lib/transfer/csv/refuse-binary.ts'
import { openScanner, type RawRow } from '#lib/transfer/csv/scan-rows.ts'

/**
 * Something wrong with a file. `row` counts lines of data: 1 is the first one under the header, 0 the file itself; blank rows count too.
 * A spreadsheet shows it one further down, because its row 1 is the header: `sheetRow(row)` is the number to show to people.
 * `column` starts at 1 (A in a spreadsheet).
 */
export type CsvProblem = { row: number; column?: number; code: string; detail: string }

/** A row of data: `line` is where it starts in a text editor (1 is the file's first line; a cell of several lines makes it run ahead of the row). */
export type CsvRow = { row: number; line: number; cells: string[]; problem?: CsvProblem }

/** How a file is written. `header` is tidied: trimmed, composed (NFC). */
export type CsvFormat = { encoding: string; delimiter: string; header: string[]; hasBom: boolean; newline: string }

/** What a caller knows of a file; `auto` and nothing leave it to the file. */
export type CsvHints = { encoding?: string; delimiter?: string }

/** 1 MB: enough to tell how a file is written. */
const sampleBytes = 1_048_576
/** Rows of the sample that are given back. */
const sampleRows = 1000

/** The number a spreadsheet shows for a row of data: its row 1 is the header. */
export function sheetRow(row: number): number {
  return row + 1
}

/**
 * Finds out how a file is written from about its first megabyte.
 * @throws CrmError (validation_failed, pointer `/file`) for an empty, compressed or binary file, a missing, empty or repeated header.
 */
export async function inspectCsv(
  chunks: AsyncIterable<Uint8Array>,
  hints: CsvHints = {},
): Promise<{ format: CsvFormat; sample: CsvRow[] }> {
  const encodingHint = namedEncoding(hints.encoding)
  const delimiterHint = checkDelimiter(hints.delimiter)
  const { bytes, isWhole } = await firstBytes(chunks)
  if (bytes.length === 0)
    throw invalidAt('/file', 'empty_file', 'The file is empty. Upload a CSV file with a header and rows.')
  refuseBinary(bytes)
  const detected = detectEncoding(bytes)
  const encoding = detected.hasBom ? detected.encoding : (encodingHint ?? detected.encoding)
  const text = await wholeText(bytes, encoding)
  refuseNoise(text)
  const delimiter = delimiterHint ?? detectDelimiter(text)
  const header = readHeader(text, delimiter)
  const newline = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n'
  const format = { encoding, delimiter, header, hasBom: detected.hasBom, newline }
  const sample = readSample(text, format, isWhole)
  checkSample(format, sample)
  return { format, sample }
}

/**
 * The rows of a file from its first byte on, streamed: no more than a row and a chunk are held. A row that is wrong comes with its problem (`undecodable`,
 * `nul_character`, `ragged_row`, `unclosed_quote`, `stray_quote`, `cell_too_long`, `row_too_long`) and the cells as far as they can be read; the rows
 * around it are read as ever. Blank rows are passed over but counted; a quote inside an unquoted cell is kept (`a"b`); an apostrophe in front of what a
 * spreadsheet would run is taken off, as `csvLine` put it there.
 */
export async function* readCsv(chunks: AsyncIterable<Uint8Array>, format: CsvFormat): AsyncGenerator<CsvRow> {
  const scanner = openScanner({ delimiter: format.delimiter, columns: format.header.length })
  const number = openNumbering(format)
  for await (const text of decodeText(chunks, namedEncoding(format.encoding) ?? 'utf-8'))
    for (const raw of scanner.push(text)) {
      const row = number(raw)
      if (row) yield row
    }
  for (const raw of scanner.end()) {
    const row = number(raw)
    if (row) yield row
  }
}

function readHeader(text: string, delimiter: string): string[] {
  const first = firstRow(text, delimiter)
  if (!first)
    throw invalidAt('/file', 'empty_file', 'The file has no text in it. Upload a CSV file with a header and rows.')
  if (first.fault) {
    const detail = `The header cannot be read: it has a quote that is not closed, or is longer than 400,000 characters. Mend the first row.`
    throw invalidAt('/file', 'bad_header', detail)
  }
  return checkHeader(first.cells)
}

function firstRow(text: string, delimiter: string): RawRow | undefined {
  const scanner = openScanner({ delimiter, columns: 2 })
  let isFirst = true
  for (const scan of [() => scanner.push(text), () => scanner.end()])
    for (const raw of scan()) {
      if (!isBlank(raw) && !(isFirst && namesDelimiter(raw, delimiter))) return raw
      isFirst = false
    }
  return undefined
}

/** @throws CrmError when the rows show that the header is a title, or the encoding none of ours: better told once than for each row. */
function checkSample({ encoding, header }: CsvFormat, sample: readonly CsvRow[]): void {
  const wide = sample.filter(row => row.cells.length > 1)
  if (header.length === 1 && sample.length > 1 && wide.length > sample.length / 2) {
    const detail = `The first row has one name, ${JSON.stringify(header[0])}, but the rows have ${wide[0]?.cells.length} cells. If it is a title, delete it, so that the row of column names comes first.`
    throw invalidAt('/file', 'no_header', detail)
  }
  const unread = sample.flatMap(({ problem }) => (problem?.code === 'undecodable' ? [problem] : []))
  const [first] = unread
  if (!first || sample.length < 10 || unread.length <= sample.length / 2) return
  const detail = `Most rows have bytes that are not ${encoding}, first row ${sheetRow(first.row)}, column ${first.column}. Save the file as "CSV UTF-8", or say which encoding it has.`
  throw invalidAt('/file', 'undecodable', detail)
}

function readSample(text: string, format: CsvFormat, isWhole: boolean): CsvRow[] {
  const scanner = openScanner({ delimiter: format.delimiter, columns: format.header.length })
  const number = openNumbering(format)
  const rows: CsvRow[] = []
  for (const scan of [() => scanner.push(text), () => (isWhole ? scanner.end() : [])])
    for (const raw of scan()) {
      const row = number(raw)
      if (row) rows.push(row)
      if (rows.length >= sampleRows) return rows
    }
  return rows
}

async function firstBytes(chunks: AsyncIterable<Uint8Array>): Promise<{ bytes: Uint8Array; isWhole: boolean }> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunks) {
    parts.push(chunk)
    length += chunk.length
    if (length >= sampleBytes) return { bytes: Buffer.concat(parts).subarray(0, sampleBytes), isWhole: false }
  }
  return { bytes: Buffer.concat(parts), isWhole: true }
}

async function wholeText(bytes: Uint8Array, encoding: Encoding): Promise<string> {
  let text = ''
  for await (const piece of decodeText(oneChunk(bytes), encoding)) text += piece
  return text
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

function checkDelimiter(delimiter: string | undefined): string | undefined {
  if (delimiter === undefined || delimiter === 'auto') return undefined
  if (/^[^"\r\n\p{L}\p{N} ]$/u.test(delimiter)) return delimiter
  const detail = `Delimiter ${JSON.stringify(delimiter)} cannot be used; use auto, a comma, semicolon, tab or |.`
  throw invalidAt('/delimiter', 'bad_delimiter', detail)
}

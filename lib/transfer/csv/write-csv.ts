import iconv from 'iconv-lite'
import { guardFormula } from '#lib/transfer/csv/formula.ts'

/** The encodings an export can be written in; Excel needs `utf-8-bom` or, on Chinese Windows, `gb18030`. */
export type CsvEncoding = 'utf-8' | 'utf-8-bom' | 'gb18030'

/** 64 KB: lines are gathered until then, so that few large chunks go out instead of many small ones. */
const chunkLength = 65_536

/**
 * One line with its CR LF. Formula-safe unless told otherwise: a cell that a spreadsheet would run (`=`, `+`, `-`, `@`, tab, line end, also full-width)
 * starts with an apostrophe, which `readCsv` takes off again; numbers (-12.5) and E.164 phone numbers (+8613800138000) stay as they are.
 * Reads back to the same cells, except for a row of nothing but empty cells, which is no row to `readCsv`.
 */
export function csvLine(
  cells: readonly string[],
  { delimiter = ',', formulaSafe = true }: { delimiter?: string; formulaSafe?: boolean } = {},
): string {
  return `${cells.map(cell => quoted(formulaSafe ? guardFormula(cell) : cell, delimiter)).join(delimiter)}\r\n`
}

/** Lines as bytes, streamed: no more than a chunk is held. Every character can be said in GB 18030. */
export async function* encodeCsv(lines: AsyncIterable<string>, encoding: CsvEncoding): AsyncGenerator<Uint8Array> {
  let text = encoding === 'utf-8-bom' ? '\ufeff' : ''
  for await (const line of lines) {
    text += line
    if (text.length < chunkLength) continue
    yield encoded(text, encoding)
    text = ''
  }
  if (text !== '') yield encoded(text, encoding)
}

function quoted(cell: string, delimiter: string): string {
  // Spaces at the ends, a byte order mark and Ctrl-Z mean something to readers when they stand bare.
  const isPlain = !/["\r\n]|^[ \ufeff]| $/i.test(cell) && !cell.endsWith('\u001a') && !cell.includes(delimiter)
  return isPlain ? cell : `"${cell.replaceAll('"', '""')}"`
}

function encoded(text: string, encoding: CsvEncoding): Uint8Array {
  return encoding === 'gb18030' ? iconv.encode(text.toWellFormed(), 'gb18030') : Buffer.from(text, 'utf8')
}

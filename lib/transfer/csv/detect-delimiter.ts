import { openScanner } from '#lib/transfer/csv/scan-rows.ts'

/** In the order in which they win when nothing tells them apart. */
const delimiters = [',', '\t', ';', '|']
/** Rows that are looked at. */
const maxRows = 100

/** The line that tells Excel the delimiter, which is no part of the data. */
const separatorLine = /^"?sep=(.)"?$/i

/** The delimiter that a `sep=` line names. */
export function namedDelimiter(firstLine: string): string | undefined {
  return separatorLine.exec(firstLine.trim())?.[1] ?? (/^"?sep=\t"?\s*$/i.test(firstLine) ? '\t' : undefined)
}

/** The delimiter of a file from its first rows: the one that gives most rows the width of the first, and the wider of two that both do. */
export function detectDelimiter(text: string): string {
  const firstLine = text.slice(0, 100).split(/[\r\n]/, 1)[0] ?? ''
  const named = namedDelimiter(firstLine)
  if (named) return named
  const scored = delimiters.map(delimiter => ({ delimiter, score: widthScore(text, delimiter) }))
  return scored.reduce((best, next) => (next.score > best.score ? next : best)).delimiter
}

/** 0 where the first row is not cut at all, or cannot be read. */
function widthScore(text: string, delimiter: string): number {
  const widths: number[] = []
  const scanner = openScanner({ delimiter, columns: 0 })
  for (const scan of [() => scanner.push(text), () => scanner.end()])
    for (const row of scan()) {
      if (row.cells.some(cell => cell !== '')) widths.push(row.fault ? 0 : row.cells.length)
      if (widths.length >= maxRows) break
    }
  const [columns = 1] = widths
  if (columns < 2) return 0
  const same = widths.filter(width => width === columns).length / widths.length
  return same * Math.log2(columns + 1)
}

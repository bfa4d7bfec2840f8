import { createReadStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CrmError } from '#lib/errors.ts'
import { type CsvFormat, type CsvRow, inspectCsv, readCsv, sheetRow } from '#lib/transfer/csv/read-csv.ts'
import { collect } from '../support/chunks.ts'

/** How a file was taken: its format and rows, or why it was refused. */
export type Reading = { format: CsvFormat; rows: CsvRow[] } | { refusal: CrmError }

/** A reader under judgement; ours unless a test plants another. */
export type CsvReader = (file: string) => Promise<Reading>

/** One file of expected.json: whether it was read, or reported, as that demands, and what was found. */
export type CsvVerdict = { file: string; isTrap: boolean; isRight: boolean; found: string }

type Expected = { file: string; encoding?: string; delimiter?: string; rows?: string[][]; expect: string }
type Demand = (reading: Reading) => boolean

/** What expected.json demands of each trap, in code. Rows count as it counts them: 1 is the header. */
const demands: Record<string, Demand> = {
  'mixed-utf8-gbk.csv': reading =>
    isReported(reading, 3) && taken(reading, 2)?.join('|') === '张伟|北京' && !storesReplacements(reading),
  'lone-surrogate-cesu.csv': reading => isReported(reading, 2),
  'overlong.csv': reading => isReported(reading, 2),
  'nul.csv': reading => isReported(reading, 2),
  'sep-line.csv': reading => headerOf(reading) === 'name|company' && takenRows(reading).length === 1,
  'ctrl-z.csv': reading => JSON.stringify(takenRows(reading).map(row => row.cells)) === '[["张伟"]]',
  'dup-header.csv': reading => refusalOf(reading).includes('"name"'),
  'ragged.csv': reading => isReported(reading, 2) && isReported(reading, 3) && taken(reading, 4)?.join('|') === 'e|f',
  'unclosed-quote.csv': reading =>
    isReported(reading, 3) &&
    reportOf(reading, 3).includes('line 3') &&
    takenRows(reading).every(row => row.cells.every(cell => !cell.includes('\n'))),
  'quote-in-middle.csv': reading => isReported(reading, 2) || taken(reading, 2)?.[0] === 'a"b',
  'header-only.csv': reading => 'rows' in reading && reading.rows.length === 0,
  'empty.csv': reading => 'refusal' in reading,
  'bom-only.csv': reading => 'refusal' in reading,
  'proto-header.csv': reading =>
    headerOf(reading) === '__proto__|constructor|toString' && !('admin' in {}) && takenRows(reading).length === 1,
  'huge-field.csv': reading => isReported(reading, 2) && taken(reading, 3)?.join('|') === 'ok',
}

/** Judges a reader on every file that a folder's expected.json names. */
export async function judgeCsv(folder: string, read: CsvReader = readFile): Promise<CsvVerdict[]> {
  const expected: Expected[] = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'))
  const verdicts: CsvVerdict[] = []
  for (const each of expected) {
    const reading = await read(join(folder, each.file))
    const isRight = each.rows ? isSame(each, reading) : (demands[each.file]?.(reading) ?? false)
    verdicts.push({ file: each.file, isTrap: !each.rows, isRight, found: told(reading) })
  }
  return verdicts
}

/** A file as the import reads it. */
async function readFile(file: string): Promise<Reading> {
  try {
    const { format } = await inspectCsv(createReadStream(file))
    return { format, rows: await collect(readCsv(createReadStream(file, { highWaterMark: 4096 }), format)) }
  } catch (error) {
    if (error instanceof CrmError) return { refusal: error }
    throw error
  }
}

function isSame({ encoding, delimiter, rows }: Expected, reading: Reading): boolean {
  if ('refusal' in reading || reading.rows.some(row => row.problem)) return false
  const { format } = reading
  const cells = [format.header, ...reading.rows.map(row => row.cells)]
  return (
    format.encoding === encoding && format.delimiter === delimiter && JSON.stringify(cells) === JSON.stringify(rows)
  )
}

function rowsOf(reading: Reading): CsvRow[] {
  return 'rows' in reading ? reading.rows : []
}

function takenRows(reading: Reading): CsvRow[] {
  return rowsOf(reading).filter(row => !row.problem)
}

function taken(reading: Reading, row: number): string[] | undefined {
  return takenRows(reading).find(each => sheetRow(each.row) === row)?.cells
}

function isReported(reading: Reading, row: number): boolean {
  return reportOf(reading, row) !== ''
}

function reportOf(reading: Reading, row: number): string {
  return rowsOf(reading).find(each => sheetRow(each.row) === row)?.problem?.detail ?? ''
}

function storesReplacements(reading: Reading): boolean {
  return takenRows(reading).some(row => row.cells.some(cell => cell.includes('\ufffd')))
}

function headerOf(reading: Reading): string {
  return 'format' in reading ? reading.format.header.join('|') : ''
}

function refusalOf(reading: Reading): string {
  return 'refusal' in reading ? reading.refusal.message : ''
}

function told(reading: Reading): string {
  if ('refusal' in reading) return reading.refusal.message
  const problems = reading.rows.flatMap(({ row, problem }) =>
    problem ? [`row ${sheetRow(row)}: ${problem.code}`] : [],
  )
  return [reading.format.encoding, `${reading.rows.length} rows`, ...problems].join(', ')
}

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspectCsv, readCsv } from '#lib/transfer/csv/read-csv.ts'
import { chunksOf, collect } from '../support/chunks.ts'
import type { EvalResult, EvalSet } from './eval-set.ts'
import { judgeCsv } from './judge-csv.ts'

/** Sets that judge the reading of CSV files. */
export const csvSets: EvalSet[] = [
  {
    name: 'encodings',
    group: 'csv',
    files: ['csv/encodings/expected.json'],
    run: data => encodings(join(data, 'csv/encodings')),
  },
  {
    name: 'csv-spectrum',
    group: 'csv',
    files: ['csv/spectrum/csvs'],
    run: data => spectrum(join(data, 'csv/spectrum')),
  },
]

async function encodings(folder: string): Promise<EvalResult> {
  const start = performance.now()
  const verdicts = await judgeCsv(folder)
  const right = (isTrap: boolean) => {
    const some = verdicts.filter(verdict => verdict.isTrap === isTrap)
    return `${some.filter(verdict => verdict.isRight).length}/${some.length}`
  }
  return {
    figures: { encodings: right(false), traps: right(true) },
    ms: performance.now() - start,
    bar: 'all as expected.json',
    shortfalls: verdicts.filter(({ isRight }) => !isRight).map(({ file, found }) => `${file}: ${found}`),
  }
}

/** The phone number in this file's expectation is not the one in the file. */
const miswritten = { file: 'location_coordinates', column: 'Contact Phone Number' }

async function spectrum(folder: string): Promise<EvalResult> {
  const start = performance.now()
  const names = readdirSync(join(folder, 'csvs')).map(file => file.replace(/\.csv$/, ''))
  const wrong: string[] = []
  for (const name of names) {
    const expected: unknown = JSON.parse(readFileSync(join(folder, 'json', `${name}.json`), 'utf8'))
    const found = await recordsOf(join(folder, 'csvs', `${name}.csv`))
    const told = (Array.isArray(expected) ? expected : [expected]).map(row => comparable(name, row))
    if (JSON.stringify(found.map(row => comparable(name, row))) !== JSON.stringify(told))
      wrong.push(`${name}: ${JSON.stringify(found)}`)
  }
  const figures = { files: `${names.length - wrong.length}/${names.length}` }
  return { figures, ms: performance.now() - start, bar: 'all as their JSON', shortfalls: wrong }
}

async function recordsOf(file: string): Promise<Record<string, string>[]> {
  const text = readFileSync(file, 'utf8')
  // The copies of these have lost their CR on the way here.
  const content = file.endsWith('_crlf.csv') ? text.replace(/\r?\n/g, '\r\n') : text
  const { format } = await inspectCsv(chunksOf(content))
  const rows = await collect(readCsv(chunksOf(content), format))
  return rows.map(({ cells }) => Object.fromEntries(format.header.map((name, i) => [name, cells[i] ?? ''])))
}

function comparable(name: string, row: Record<string, string>): Record<string, string> {
  return name === miswritten.file ? { ...row, [miswritten.column]: '' } : row
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readCsv } from '#lib/transfer/csv/read-csv.ts'
import { type CsvReader, judgeCsv } from '../../../../eval/judge-csv.ts'
import { chunksOf, collect } from '../../../../support/chunks.ts'

const folder = join(import.meta.dirname, '../../../../data/csv')

/** A planted bug: a reader that takes every file for UTF-8 with commas and asks nothing. */
const trusting: CsvReader = async file => {
  const bytes = readFileSync(file)
  const header =
    bytes
      .toString('utf8')
      .split(/\r\n|\n|\r/)[0]
      ?.split(',') ?? []
  const format = { encoding: 'utf-8', delimiter: ',', header, hasBom: false, newline: '\n' }
  return { format, rows: await collect(readCsv(chunksOf(bytes), format)) }
}

describe('the files of expected.json', () => {
  it('are read in all 12 encodings and dialects, and all 15 traps are reported', async () => {
    const verdicts = await judgeCsv(folder)
    expect(verdicts.filter(verdict => !verdict.isRight)).toEqual([])
    expect(verdicts.filter(verdict => !verdict.isTrap)).toHaveLength(12)
    expect(verdicts.filter(verdict => verdict.isTrap)).toHaveLength(15)
  })

  it('show a reader that skips detection', async () => {
    const wrong = (await judgeCsv(folder, trusting)).filter(verdict => !verdict.isRight).map(verdict => verdict.file)
    expect(wrong).toEqual(
      expect.arrayContaining([
        'gbk.csv',
        'gb18030.csv',
        'big5.csv',
        'utf16le-bom.csv',
        'utf8-semicolon.csv',
        'empty.csv',
        'dup-header.csv',
      ]),
    )
    expect(wrong).not.toContain('utf8.csv')
  })
})

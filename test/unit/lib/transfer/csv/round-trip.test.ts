import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CsvFormat, inspectCsv, readCsv } from '#lib/transfer/csv/read-csv.ts'
import { type CsvEncoding, csvLine, encodeCsv } from '#lib/transfer/csv/write-csv.ts'
import { chunksOf, collect } from '../../../../support/chunks.ts'

/** Characters that break naive writers and readers, and ordinary ones. */
const pieces = fc.constantFrom(
  ...[
    '"',
    '""',
    ',',
    ';',
    '\t',
    '|',
    '\n',
    '\r',
    '\r\n',
    "'",
    '=',
    '+',
    '-',
    '@',
    '＝',
    ' ',
    '',
    'sep=',
    '\u001a',
    '\ufeff',
  ],
  ...[
    '张',
    '伟',
    '𠮷',
    '㐀',
    '臺',
    '€',
    'é',
    'ß',
    'a',
    'Z',
    '0',
    '7',
    '.',
    '，',
    '；',
    '\u00a0',
    '😀',
    '\ue000',
    '\ufffd',
  ],
)
const cell = fc.oneof(
  { weight: 3, arbitrary: fc.array(pieces, { maxLength: 8 }).map(parts => parts.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
)
const isRow = (cells: string[]) => cells.some(text => text.trim() !== '')
const table = fc
  .integer({ min: 1, max: 5 })
  .chain(width =>
    fc.array(fc.array(cell, { minLength: width, maxLength: width }).filter(isRow), { minLength: 1, maxLength: 6 }),
  )

const encodings: [CsvEncoding, string][] = [
  ['utf-8', 'utf-8'],
  ['utf-8-bom', 'utf-8'],
  ['gb18030', 'gb18030'],
]

async function* lines(rows: string[][], options: { delimiter?: string; formulaSafe?: boolean } = {}) {
  for (const row of rows) yield csvLine(row, options)
}

async function reread(rows: string[][], encoding: CsvEncoding, format: CsvFormat, size: number): Promise<string[][]> {
  const bytes = Buffer.concat(
    await collect(encodeCsv(lines([format.header, ...rows], { delimiter: format.delimiter }), encoding)),
  )
  const read = await collect(readCsv(chunksOf(bytes, size), format))
  expect(read.flatMap(row => row.problem ?? [])).toEqual([])
  return read.map(row => row.cells)
}

describe('cells written and read again', () => {
  for (const [written, encoding] of encodings)
    for (const delimiter of [',', ';', '\t', '|'])
      it(`are the same in ${written} with ${JSON.stringify(delimiter)}, formula-safe, whatever they hold and however the bytes arrive`, async () => {
        await fc.assert(
          fc.asyncProperty(table, fc.integer({ min: 1, max: 40 }), async (rows, size) => {
            const header = rows[0]?.map((_, i) => `c${i}`) ?? []
            const format = { encoding, delimiter, header, hasBom: false, newline: '\r\n' }
            expect(await reread(rows, written, format, size)).toEqual(rows)
          }),
          { seed: 42, numRuns: 60 },
        )
      })

  it('start no formula, unless they are numbers or phone numbers', () => {
    fc.assert(
      fc.property(cell, text => {
        const [first = ''] = csvLine([text]).replace(/^"/, '')
        const isHarmless = /^[+-]?\d+([.,]\d+)*%?$/.test(text)
        expect(/[=+\-@＝＋－＠\t\r\n]/.test(first) && text !== '' && !isHarmless).toBe(false)
      }),
      { seed: 42, numRuns: 500 },
    )
  })

  it.each<[string, string]>([
    ['=1+1', "'=1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['+cmd|calc', "'+cmd|calc"],
    ['-2+3', "'-2+3"],
    ['＝1', "'＝1"],
    ['\t=1', "'\t=1"],
    ["'=1", "''=1"],
    ['-12.5', '-12.5'],
    ['+8613800138000', '+8613800138000'],
    ['+86 138-0013-8000', "'+86 138-0013-8000"],
    ['-1,234.50', '"-1,234.50"'],
    ["O'Brien", "O'Brien"],
    ["'quoted'", "'quoted'"],
    ['a=b', 'a=b'],
  ])('%j stands in the file as %j', (text, written) => {
    expect(csvLine([text])).toBe(`${written}\r\n`)
  })

  it.each(['utf-8-bom', 'gb18030'] as const)('in %s are recognised by their bytes alone', async encoding => {
    const rows = [
      ['名称', '电话'],
      ['北京测试科技有限公司', '010-62345678'],
      ['王𠮷商店', '+8613800138000'],
    ]
    const { format, sample } = await inspectCsv(encodeCsv(lines(rows), encoding))
    expect([format.encoding, format.header]).toEqual([encoding === 'gb18030' ? 'gb18030' : 'utf-8', rows[0]])
    expect(sample.map(row => row.cells)).toEqual(rows.slice(1))
  })
})

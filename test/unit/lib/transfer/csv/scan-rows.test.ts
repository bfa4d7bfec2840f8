import { parse } from 'csv-parse/sync'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maxRowLength, openScanner, type RawRow } from '#lib/transfer/csv/scan-rows.ts'

function scan(text: string, { size = text.length, columns = 2, delimiter = ',' } = {}): RawRow[] {
  const scanner = openScanner({ delimiter, columns })
  const rows: RawRow[] = []
  for (let from = 0; from < text.length; from += size) rows.push(...scanner.push(text.slice(from, from + size)))
  return [...rows, ...scanner.end()]
}

const cellsOf = (rows: RawRow[]) => rows.map(row => row.cells)
const faultsOf = (rows: RawRow[]) => rows.map(row => row.fault?.code ?? 'ok')

describe('a row', () => {
  it.each<[string, string, string[][]]>([
    [
      'ends with LF, CR LF or CR, or with the file',
      'a,b\nc,d\r\ne,f\rg,h',
      [
        ['a', 'b'],
        ['c', 'd'],
        ['e', 'f'],
        ['g', 'h'],
      ],
    ],
    ['holds delimiters, line ends and doubled quotes in quotes', '"a,""b""\r\nc",d\n', [['a,"b"\r\nc', 'd']]],
    [
      'has empty cells',
      ',\n"",""\n',
      [
        ['', ''],
        ['', ''],
      ],
    ],
    ['keeps spaces of bare cells', '  a ,b \n', [['  a ', 'b ']]],
    ['drops spaces around quotes', 'a, "b,c" \n', [['a', 'b,c']]],
    ['keeps a quote inside a bare cell', 'a"b,5" pipe\n', [['a"b', '5" pipe']]],
    ['may be a blank line', 'a,b\n\nc,d\n', [['a', 'b'], [''], ['c', 'd']]],
  ])('%s', (_what, text, cells) => {
    expect(cellsOf(scan(text))).toEqual(cells)
  })

  it('is the same however the text arrives', () => {
    const piece = fc.constantFrom('a', '"', '""', ',', '\n', '\r\n', '\r', ' ', '中')
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 3 }),
        (pieces, size, columns) => {
          const text = pieces.join('')
          expect(scan(text, { size, columns })).toEqual(scan(text, { columns }))
        },
      ),
      { seed: 42, numRuns: 3000 },
    )
  })

  it('is what csv-parse reads, where that reads the text at all', () => {
    const piece = fc.constantFrom('a', 'b c', '"', '""', '"x"', ',', '\n', '\r\n', '中文')
    let compared = 0
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), pieces => {
        const theirs = csvParse(pieces.join(''))
        // What differs on purpose: spaces around quotes, and quotes over several lines beside bare ones.
        const ours = scan(pieces.join(''), { columns: 2 }).filter(row => row.cells.some(cell => cell !== ''))
        fc.pre(theirs !== undefined && ours.every(row => !row.hasBareQuote))
        compared += 1
        expect(cellsOf(ours)).toEqual(theirs)
      }),
      { seed: 42, numRuns: 2000 },
    )
    expect(compared).toBeGreaterThan(500)
  })
})

/** Undefined where it refuses. */
function csvParse(text: string): string[][] | undefined {
  try {
    const rows: string[][] = parse(text, { relax_column_count: true, record_delimiter: ['\r\n', '\n', '\r'] })
    return rows.filter(row => row.some(cell => cell !== ''))
  } catch {
    return undefined
  }
}

describe('a quote that is not closed', () => {
  it('costs its own line only', () => {
    const rows = scan('a,b\n"c,d\ne,f\ng,h\n')
    expect(cellsOf(rows)).toEqual([
      ['a', 'b'],
      ['"c', 'd'],
      ['e', 'f'],
      ['g', 'h'],
    ])
    expect(faultsOf(rows)).toEqual(['ok', 'unclosed_quote', 'ok', 'ok'])
  })

  it('is found where the next quoted cell starts, and costs its own line only', () => {
    const rows = scan('"c,d\ne,f\ng,"h"\ni,j\n')
    expect(faultsOf(rows)).toEqual(['stray_quote', 'ok', 'ok', 'ok'])
    expect(cellsOf(rows).slice(1)).toEqual([
      ['e', 'f'],
      ['g', 'h'],
      ['i', 'j'],
    ])
  })

  it('is told with the lines it swallowed where there is one column, since any text could be a row of that', () => {
    const [first, ...rest] = scan('"c\nd\ne\n', { columns: 1 })
    expect(first?.fault).toMatchObject({ code: 'unclosed_quote', quoteLine: 0, lostLines: 2 })
    expect(rest).toEqual([])
  })

  it('is told with the line it is on', () => {
    const [row] = scan('"two\nlines","open,x\ny,z\n')
    expect(row?.fault).toMatchObject({ code: 'unclosed_quote', column: 2, quoteLine: 1 })
  })

  it('in a file larger than a row may be costs its own line only, and is told before the file ends', () => {
    const many = 'some name,some company\n'.repeat(30_000)
    const scanner = openScanner({ delimiter: ',', columns: 2 })
    const rows: RawRow[] = []
    let most = 0
    for (let from = 0; from < many.length; from += 65_536) {
      rows.push(...scanner.push((from === 0 ? '"open,x\n' : '') + many.slice(from, from + 65_536)))
      most = Math.max(most, scanner.held())
    }
    rows.push(...scanner.end())
    expect(faultsOf(rows.slice(0, 2))).toEqual(['unclosed_quote', 'ok'])
    expect(rows).toHaveLength(30_001)
    expect(most).toBeLessThanOrEqual(maxRowLength + 65_536)
  })
})

describe('text after a closing quote', () => {
  it.each<[string, string]>([
    ['in the same line', '"a"b,c\nd,e\n'],
    ['before the line end', 'x,"a"b\nd,e\n'],
  ])('%s is a fault of that row', (_what, text) => {
    const rows = scan(text)
    expect(faultsOf(rows)).toEqual(['stray_quote', 'ok'])
    expect(rows[1]?.cells).toEqual(['d', 'e'])
  })

  it('makes no row of quotes over several lines that do not match up', () => {
    expect(faultsOf(scan('"c,d\ne,",f"\ng,h\n'))).toEqual(['stray_quote', 'ok'])
  })
})

describe('a row that is too long', () => {
  const long = 'x'.repeat(1_500_000)
  it.each<[string, string, RawRow['cells']]>([
    ['a bare cell', `a,${long},c\nd,e\n`, ['d', 'e']],
    ['a quoted cell', `a,"${long}""${long}\n${long}",c\nd,e\n`, ['d', 'e']],
    ['many cells', `${'ab,'.repeat(300_000)}\r\nd,e\r\n`, ['d', 'e']],
    ['a cell of quotes', `"${'""'.repeat(400_001)}",c\nd,e\n`, ['d', 'e']],
  ])('because of %s is told with what was kept small, and the next row is read', (_what, text, next) => {
    for (const size of [65_536, 65_537, 99_999]) {
      const rows = scan(text, { size })
      expect(faultsOf(rows)).toEqual(['row_too_long', 'ok'])
      expect(rows[1]?.cells).toEqual(next)
      expect((rows[0]?.cells ?? []).join('').length).toBeLessThan(50_000)
    }
  })

  it('and never closes its quote is told as that', () => {
    const rows = scan(`a,b\n"${long}`, { size: 65_536 })
    expect(faultsOf(rows)).toEqual(['ok', 'unclosed_quote'])
  })

  it('at a CR that another chunk follows ends there', () => {
    const text = `${'x'.repeat(maxRowLength + 10)}\r\nd,e\r\n`
    const rows = scan(text, { size: maxRowLength + 11 })
    expect(faultsOf(rows)).toEqual(['row_too_long', 'ok'])
  })
})

describe('memory', () => {
  it('for a cell of 20 MB stays under a row and a chunk', () => {
    const scanner = openScanner({ delimiter: ',', columns: 2 })
    const chunk = '汉'.repeat(65_536)
    let most = 0
    let found = 0
    const push = (text: string) => {
      for (const _row of scanner.push(text)) found += 1
      most = Math.max(most, scanner.held())
    }
    push('a,"')
    for (let i = 0; i < 320; i++) push(chunk)
    push('"\nb,c\n')
    expect(found).toBe(2)
    expect(most).toBeLessThanOrEqual(maxRowLength + chunk.length)
  })

  it('for 20 MB of rows stays under a chunk and a row', () => {
    const scanner = openScanner({ delimiter: ',', columns: 4 })
    const chunk = '张伟,"北京""测试"" 公司\n二行",13800138000,备注备注备注\r\n'.repeat(2000)
    let most = 0
    let rows = 0
    for (let length = 0; length < 20_000_000; length += chunk.length) {
      for (const _row of scanner.push(chunk)) rows += 1
      most = Math.max(most, scanner.held())
    }
    expect(rows).toBeGreaterThan(400_000)
    expect(most).toBeLessThan(chunk.length)
  })
})

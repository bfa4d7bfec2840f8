import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { CrmError } from '#lib/errors.ts'
import { type CsvHints, inspectCsv, readCsv, sheetRow } from '#lib/transfer/csv/read-csv.ts'
import { chunksOf, collect } from '../../../../support/chunks.ts'

async function read(content: string | Uint8Array, hints: CsvHints = {}) {
  const { format, sample } = await inspectCsv(chunksOf(content), hints)
  return { format, sample, rows: await collect(readCsv(chunksOf(content, 100), format)) }
}

async function refusal(content: string | Uint8Array, hints: CsvHints = {}): Promise<string[]> {
  const error: unknown = await inspectCsv(chunksOf(content), hints).catch((thrown: unknown) => thrown)
  if (!(error instanceof CrmError)) throw new Error(`not refused: ${JSON.stringify(error)}`)
  return [error.code, ...error.errors.map(({ pointer, code, detail }) => `${pointer} ${code}: ${detail}`)]
}

describe('rows', () => {
  it('count from 1 below the header, blank ones too, so that a spreadsheet shows each one further down', async () => {
    const { rows } = await read('name,note\na,"two\nlines"\n\n,\nb,c\n')
    expect(rows.map(({ row, line, cells }) => [row, sheetRow(row), line, cells])).toEqual([
      [1, 2, 2, ['a', 'two\nlines']],
      [4, 5, 6, ['b', 'c']],
    ])
  })

  it('count the same below a sep= line and blank lines, which no spreadsheet shows as data', async () => {
    const { format, rows } = await read('sep=|\r\n\r\nname|note\r\na|b\r\n')
    expect(format).toMatchObject({ delimiter: '|', header: ['name', 'note'], newline: '\r\n' })
    expect(rows.map(({ row, line }) => [row, line])).toEqual([[1, 4]])
  })

  it.each<[string, string, number, number | undefined, string, string]>([
    ['too few cells', 'a,b\n1\n', 1, 2, 'ragged_row', 'has 1 cell, the header 2'],
    ['too many cells', 'a,b\n1,2,3\n', 1, 3, 'ragged_row', 'cell 3 is "3"'],
    ['a NUL', 'a,b\n1,2\n3,\0x\n', 2, 2, 'nul_character', 'Column 2 (b)'],
    ['an open quote', 'a,b\n1,2\n"3,4\n', 2, 1, 'unclosed_quote', 'opened at line 3'],
    ['text behind a quote', 'a,b\n1,"2"3\n', 1, 2, 'stray_quote', 'opened at line 2'],
    ['a cell that is too long', `a,b\n1,${'x'.repeat(100_001)}\n`, 1, 2, 'cell_too_long', '100001 characters'],
    ['a row that is too long', `a,b\n1,${'x'.repeat(600_000)}\n`, 1, 2, 'row_too_long', 'Shorten it'],
  ])('with %s come with a problem that names row, column and fix', async (_what, text, row, column, code, says) => {
    const { rows } = await read(text)
    const [problem] = rows.flatMap(each => each.problem ?? [])
    expect(problem).toMatchObject({ row, ...(column && { column }), code })
    expect(problem?.detail).toContain(says)
  })

  it('may leave out nothing but empty cells beyond the header', async () => {
    const { rows } = await read('a,b,,\n1,2,,\n3,4\n5,,\n')
    expect(rows.map(row => [row.cells, row.problem?.code])).toEqual([
      [['1', '2'], undefined],
      [['3', '4'], undefined],
      [['5', ''], undefined],
    ])
  })

  it('after one with a broken quote are not trusted while they have stray quotes themselves', async () => {
    const { rows } = await read('a,b\n"he said "hi"\nand left",x\ny,z\n')
    expect(rows.map(row => row.problem?.code)).toEqual(['stray_quote', 'stray_quote', undefined])
  })

  it('lose the apostrophe that keeps a spreadsheet from running them, and no other', async () => {
    const { rows } = await read("a,b\n'=1+1,'+86 138\n'quoted','\n''=x,it's\n")
    expect(rows.map(row => row.cells)).toEqual([
      ['=1+1', '+86 138'],
      ["'quoted'", "'"],
      ["'=x", "it's"],
    ])
  })
})

describe('bytes that are not of the encoding', () => {
  it('are told by row and column, and the other rows are read', async () => {
    const bytes = Buffer.concat([
      Buffer.from('name,city\n张伟,北京\nx,'),
      iconv.encode('上海', 'gbk'),
      Buffer.from('\n李娜,成都\n'),
    ])
    const { rows } = await read(bytes)
    expect(rows.map(({ cells, problem }) => problem ?? cells)).toEqual([
      ['张伟', '北京'],
      expect.objectContaining({ row: 2, column: 2, code: 'undecodable' }),
      ['李娜', '成都'],
    ])
  })

  it('are told in a GBK file too when a row of it is UTF-8', async () => {
    const gbk = iconv.encode('姓名,城市\n张伟,北京\n王芳,上海\n刘洋,广州\n', 'gbk')
    const { format, rows } = await read(Buffer.concat([gbk, Buffer.from('李娜,成都\n')]))
    expect(format.encoding).toBe('gbk')
    expect(rows.map(row => row.problem?.code)).toEqual([undefined, undefined, undefined, 'undecodable'])
  })

  it('are a character of U+FFFD where the file says so itself', async () => {
    const { rows } = await read('name,x\n37\ufffd36,y\n')
    expect(rows.map(row => [row.cells, row.problem])).toEqual([[['37\ufffd36', 'y'], undefined]])
  })

  it('are told when half of a UTF-16 character is missing', async () => {
    const { rows } = await read(Buffer.from('\ufeffname,x\n\ud83d,y\n张伟,z\n', 'utf16le'))
    expect(rows.map(row => row.problem?.code)).toEqual(['undecodable', undefined])
  })
})

describe('a file', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['without bytes', '', 'empty_file'],
    ['of a byte order mark', '\ufeff', 'empty_file'],
    ['of blank lines', '\n\n , \n', 'empty_file'],
    ['that is a zip or xlsx', 'PK\x03\x04\x14\0\0\0', 'an Excel workbook or a zip archive'],
    ['that is gzip', gzipSync('name\na\n'), 'compressed with gzip'],
    ['that is xls', Buffer.from('d0cf11e0a1b11ae10000', 'hex'), 'Excel 97-2003'],
    ['that is PDF', '%PDF-1.7\n', 'PDF'],
    ['that is a web page called .xls', '<html><table><tr><td>a</td></tr></table>', 'web page'],
    ['that is noise', Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * i * 7 + i) % 32)), 'not_csv'],
    ['without a header', '张伟,zhang@example.cn,13800138000\n李娜,li@example.cn,13900139000\n', 'no_header'],
    ['with a column without a name', 'name,,phone\na,b,c\n', 'Column 2 has no name'],
    ['with two columns of one name', 'name,phone, name \na,b,c\n', 'Columns 1 and 3 are both named "name"'],
    ['whose header has an open quote', '"name,phone\na,b\n', 'bad_header'],
    [
      'with a title above the header',
      '客户列表,,\n姓名,电话,城市\n张伟,1,北京\n李娜,2,上海\n',
      'If it is a title, delete it',
    ],
    [
      'whose header is of another encoding',
      Buffer.from('6e616d652ca4c3ffff0a61c3a92c620ac3a92c620a', 'hex'),
      'column 2 has bytes',
    ],
    [
      'in an encoding of another country',
      iconv.encode(`name\n${'山田太郎ァィゥ\n'.repeat(20)}`, 'shift_jis'),
      'first row 2, column 1',
    ],
    ['with 1,001 columns', `${Array.from({ length: 1001 }, (_, i) => `c${i}`).join(',')}\n`, 'too_many_columns'],
  ])('%s is refused with what to do', async (_what, content, says) => {
    const [code, ...problems] = await refusal(content)
    expect(code).toBe('validation_failed')
    expect(problems.join('\n')).toContain(says)
    expect(problems.join('\n')).toMatch(/^\/file.*\.$/m)
  })

  it('that is packed is refused from its first bytes, so no bomb goes off', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000))
    expect((await refusal(bomb)).join()).toContain('Unpack it')
  })

  it('is read no further than its first megabyte to be inspected', async () => {
    let given = 0
    async function* endless() {
      for (;;) {
        given += 65_536
        yield Buffer.from('name,note\n'.padEnd(65_535, 'x').concat('\n'))
      }
    }
    await inspectCsv(endless()).catch(() => undefined)
    expect(given).toBeLessThanOrEqual(1_114_112)
  })

  it.each<[string, CsvHints, string]>([
    ['an encoding nobody knows', { encoding: 'klingon' }, '/encoding unknown_encoding'],
    ['a quote as the delimiter', { delimiter: '"' }, '/delimiter bad_delimiter'],
  ])('with a hint of %s is refused', async (_what, hints, says) => {
    expect((await refusal('name\na\n', hints)).join('\n')).toContain(says)
  })

  it.each<[string, string, CsvHints, string]>([
    ['GB2312', 'gbk', { encoding: 'GB2312' }, 'gbk'],
    ['cp950', 'big5', { encoding: 'cp950' }, 'big5'],
    ['auto', 'gbk', { encoding: 'auto' }, 'gbk'],
  ])('is read in the encoding it is said to have: %s', async (_what, written, hints, encoding) => {
    const { format, rows } = await read(iconv.encode('名,市\n張大文,台北\n', written), hints)
    expect(format.encoding).toBe(encoding)
    expect(rows.map(row => row.cells)).toEqual([['張大文', '台北']])
  })

  it('has rows of up to 1,000 as its sample, the same as the reader gives', async () => {
    const content = readFileSync(join(import.meta.dirname, '../../../../data/contacts.zh.csv'))
    const { sample, rows } = await read(content)
    expect(sample).toHaveLength(1000)
    expect(rows).toHaveLength(3016)
    expect(rows.slice(0, 1000)).toEqual(sample)
  })
})

describe('the delimiter', () => {
  it.each<[string, string, string]>([
    ['a comma', 'a,b\n1,2\n', ','],
    ['a semicolon, although cells have decimal commas', 'a;b\n1,5;2,5\n3,5;4\n', ';'],
    ['a tab, although cells have commas', 'a\tb\n1,2,3\t4\n5\t6\n', '\t'],
    ['a bar', 'a|b|c\n1|2|3\n', '|'],
    ['a comma for a single column', 'name\n张伟\n', ','],
    ['the one outside quotes', '"a;b;c","d"\n"1;2;3","4"\n', ','],
  ])('is %s', async (_what, content, delimiter) => {
    expect((await read(content)).format.delimiter).toBe(delimiter)
  })

  it('named by the caller wins', async () => {
    const { format } = await read('a;b,c\n1;2,3\n', { delimiter: ';' })
    expect(format.header).toEqual(['a', 'b,c'])
  })
})

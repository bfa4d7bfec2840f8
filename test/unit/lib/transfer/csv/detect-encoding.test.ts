import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { detectEncoding } from '#lib/transfer/csv/detect-encoding.ts'

const lines = readFileSync(join(import.meta.dirname, '../../../../data/contacts.zh.csv'), 'utf8')
  .split('\r\n')
  .slice(1, -1)

/** Rows as people in Taiwan and Hong Kong write them. */
const traditional = [
  '陳大文,臺灣股份有限公司,總經理,台北市信義區松高路',
  '林志玲,鴻海精密工業股份有限公司,業務經理,新北市土城區自由街',
  '黃國倫,聯發科技,採購主任,新竹市東區',
  '張惠妹,國泰人壽保險,客戶關係,高雄市前鎮區',
  '李嘉誠,長江實業集團有限公司,董事,香港中環皇后大道',
  '吳美麗,統一企業,助理,臺南市永康區中正路',
]

describe('the encoding of a file without a mark', () => {
  it('is GBK for each row of Chinese contacts alone, in simplified characters', () => {
    const found = lines
      .filter((_, i) => i % 10 === 0)
      .map(line => detectEncoding(iconv.encode(`姓名,公司\n${line}\n`, 'gb18030')).encoding)
    expect(found.filter(encoding => encoding !== 'gbk' && encoding !== 'gb18030')).toEqual([])
  })

  it.each(traditional)('is told right for the row %s alone, be it Big5, GBK, UTF-8 or UTF-16', line => {
    const text = `name,company,title,city\r\n${line}\r\n`
    const encodings = ['big5', 'gb18030', 'utf-8', 'utf16le', 'utf16be'].map(
      name => detectEncoding(iconv.encode(text, name, { addBOM: false })).encoding,
    )
    expect(encodings).toEqual(['big5', 'gbk', 'utf-8', 'utf-16-le', 'utf-16-be'])
  })

  it.each<[string, string, string]>([
    ['four-byte characters', '王𠮷,㐀䶮贸易', 'gb18030'],
    ['the two characters that Notepad took for UTF-8', '联通', 'gbk'],
    ['one common character', '来', 'gbk'],
    ['rare characters between everyday ones', '崔兰婧,克孜勒苏柯尔克孜自治州瑞科集装箱有限公司', 'gbk'],
    ['Chinese punctuation and full-width digits', '（１３９）００，“备注”……', 'gbk'],
  ])('is GB 18030 for %s', (_what, text, encoding) => {
    expect(detectEncoding(iconv.encode(`name\n${text}\n`, 'gb18030')).encoding).toBe(encoding)
  })

  it.each(['財務', '孫璇', '陳大文', '採購經理'])('is Big5 for %s alone', text => {
    expect(detectEncoding(iconv.encode(`name\n${text}\n`, 'big5')).encoding).toBe('big5')
  })

  it.each(['José,Müller', 'François Lefèvre,Orléans', 'Ærø,Ålborg', 'Señor Peña,Málaga'])(
    'is Windows-1252 for %s, which is no Chinese',
    text => {
      expect(detectEncoding(iconv.encode(`name,city\n${text}\n`, 'windows-1252')).encoding).toBe('windows-1252')
    },
  )

  it('is UTF-8 for ASCII, and for a file of which most is', () => {
    expect(detectEncoding(Buffer.from('name\nAnn\n')).encoding).toBe('utf-8')
    const mixed = Buffer.concat([Buffer.from('姓名\n张伟\n李娜\n'), iconv.encode('王芳\n', 'gbk')])
    expect(detectEncoding(mixed).encoding).toBe('utf-8')
  })

  it('does not hang on where the sample was cut', () => {
    const bytes = iconv.encode(lines.slice(0, 50).join('\r\n'), 'gb18030')
    for (let cut = 500; cut < 540; cut++) expect(detectEncoding(bytes.subarray(0, cut)).encoding).toBe('gbk')
    const utf8 = Buffer.from(lines.slice(0, 50).join('\r\n'))
    for (let cut = 500; cut < 540; cut++) expect(detectEncoding(utf8.subarray(0, cut)).encoding).toBe('utf-8')
  })
})

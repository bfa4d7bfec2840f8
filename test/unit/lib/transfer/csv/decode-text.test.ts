import * as fc from 'fast-check'
import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { undecodable } from '#lib/transfer/csv/decode-bytes.ts'
import { decodeText } from '#lib/transfer/csv/decode-text.ts'
import type { Encoding } from '#lib/transfer/csv/encodings.ts'
import { chunksOf, collect } from '../../../../support/chunks.ts'

const written: [Encoding, string, string][] = [
  ['utf-8', 'utf-8', '张𠮷é€臺😀'],
  ['gb18030', 'gb18030', '张𠮷é€臺😀㐀'],
  ['gbk', 'gb18030', '张伟臺€'],
  ['big5', 'big5', '張大文臺'],
  ['utf-16-le', 'utf16le', '张𠮷é€臺😀'],
  ['utf-16-be', 'utf16be', '张𠮷é€臺😀'],
  ['windows-1252', 'windows-1252', 'é€ßÿ'],
]

async function decode(bytes: Uint8Array, encoding: Encoding, size: number): Promise<string> {
  return (await collect(decodeText(chunksOf(bytes, size), encoding, size))).join('')
}

describe('text', () => {
  it.each(written)('in %s is the same wherever the bytes are cut', async (encoding, name, characters) => {
    const piece = fc.constantFrom(...characters, 'a', '0', ',', '\r\n', '"')
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), fc.integer({ min: 1, max: 9 }), async (pieces, size) => {
        const text = pieces.join('')
        expect(await decode(iconv.encode(text, name, { addBOM: false }), encoding, size)).toBe(text)
      }),
      { seed: 42, numRuns: 200 },
    )
  })

  it.each(written)(
    'in %s loses its byte order mark and the Ctrl-Z behind its end, and no other',
    async (encoding, name) => {
      const [mark, inside] =
        encoding === 'windows-1252' || encoding === 'big5' ? ['', 'a\u001ab'] : ['\ufeff', 'a\ufeff\u001ab']
      const bytes = iconv.encode(`${mark}${inside}\r\n\u001a\u001a`, name, { addBOM: false })
      expect(await decode(bytes, encoding, 3)).toBe(`${inside}\r\n`)
    },
  )

  it.each<[string, Encoding, string, string]>([
    ['an over-long slash', 'utf-8', 'c0af', 'utf-8'],
    ['surrogates in CESU-8', 'utf-8', 'eda080edb080', 'utf-8'],
    ['a cut character', 'utf-8', 'e5bc', 'utf-8'],
    ['a lone lead byte', 'gb18030', 'b0', 'gb18030'],
    ['a byte of no character', 'big5', 'ff', 'big5'],
  ])(
    'with %s says where, leaves the other lines as they are, and never invents a character',
    async (_what, encoding, hex, name) => {
      const before = iconv.encode('中文,a\n', name)
      const bytes = Buffer.concat([before, Buffer.from(hex, 'hex'), Buffer.from('\n'), before])
      const lines = (await decode(bytes, encoding, 65_536)).split('\n')
      expect([lines[0], lines[2]]).toEqual(['中文,a', '中文,a'])
      expect(lines[1]).toContain(undecodable)
      expect(lines[1]).not.toContain('\ufffd')
    },
  )

  it('of any bytes at all is decoded, in any encoding', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 60 }),
        fc.constantFrom(...written.map(([encoding]) => encoding)),
        async (bytes, encoding) => {
          expect(typeof (await decode(bytes, encoding, 4))).toBe('string')
        },
      ),
      { seed: 42, numRuns: 500 },
    )
  })
})

import { decodeStrictly, linesOf } from '#lib/transfer/csv/decode-bytes.ts'
import type { Encoding } from '#lib/transfer/csv/encodings.ts'
import { unlikelihood } from '#lib/transfer/csv/plausibility.ts'
import { wholeCharacters } from '#lib/transfer/csv/whole-characters.ts'

/** Byte order marks; the last one is U+FEFF in GB 18030. */
const marks: [Encoding, number[]][] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16-le', [0xff, 0xfe]],
  ['utf-16-be', [0xfe, 0xff]],
  ['gb18030', [0x84, 0x31, 0x95, 0x33]],
]
/** Lines that are looked at: more do not change the answer. */
const maxLines = 500
/** Nats that a line costs which is not of the encoding at all. */
const brokenLine = 25
/** Nats in favour of GB 18030: of the users, most write simplified Chinese. */
const headStart = 2

/**
 * The encoding of a file from its first bytes. A mark decides; UTF-8 is known by its form; GB 18030, Big5 and Windows-1252 by which reading gives the
 * more likely text. Where lines differ (a file glued together), the encoding is that of most lines: the others are reported row by row.
 */
export function detectEncoding(sample: Uint8Array): { encoding: Encoding; hasBom: boolean } {
  const mark = marks.find(([, bytes]) => bytes.every((byte, i) => sample[i] === byte))
  if (mark) return { encoding: mark[0], hasBom: true }
  return { encoding: wideEncoding(sample) ?? narrowEncoding(sample), hasBom: false }
}

/** UTF-16 without a mark: only there do texts have NUL bytes. */
function wideEncoding(sample: Uint8Array): Encoding | undefined {
  if (!sample.includes(0)) return undefined
  const bytes = sample.subarray(0, 65_536 & ~1)
  const even = bytes.subarray(0, bytes.length & ~1)
  const costs = (['utf-8', 'utf-16-le', 'utf-16-be'] as const).map(encoding => {
    const text = encoding === 'utf-8' ? Buffer.from(even).toString('latin1') : decodeStrictly(even, encoding)
    return { encoding, cost: text === undefined ? Number.POSITIVE_INFINITY : unlikelihood(text) }
  })
  const best = cheapest(costs)
  return best === 'utf-8' ? undefined : best
}

function narrowEncoding(sample: Uint8Array): Encoding {
  const lines = foreignLines(sample)
  const inUtf8 = lines.filter(line => decodeWhole(line, 'utf-8') !== undefined).length
  // Bytes of another encoding are hardly ever UTF-8 by chance, so half is enough.
  if (inUtf8 * 2 >= lines.length || lines.every(isBrokenUtf8)) return 'utf-8'
  const costs = (['gb18030', 'big5', 'windows-1252'] as const).map(encoding => ({
    encoding,
    cost: lines.reduce((sum, line) => sum + lineCost(line, encoding), encoding === 'gb18030' ? -headStart : 0),
  }))
  const best = cheapest(costs) ?? 'utf-8'
  return best === 'gb18030' && !lines.some(hasFourByteCharacter) ? 'gbk' : best
}

/** The first lines that are not plain ASCII, each cut to 2,000 bytes. */
function foreignLines(sample: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = []
  for (const line of linesOf(sample)) {
    if (line.some(byte => byte >= 0x80)) found.push(line.subarray(0, 2000))
    if (found.length >= maxLines) break
  }
  return found
}

/** A cut line may end in the middle of a character. */
function decodeWhole(line: Uint8Array, encoding: Encoding): string | undefined {
  return decodeStrictly(line.subarray(0, wholeCharacters(line, encoding)), encoding)
}

function lineCost(line: Uint8Array, encoding: Encoding): number {
  const text = decodeWhole(line, encoding)
  return text === undefined ? brokenLine + 4 * line.length : unlikelihood(text)
}

/**
 * UTF-8 as broken programs write it: surrogates as two characters (CESU-8), or the over-long forms of NUL, `.`, `/` and `\` that attacks are made of.
 * Other two-byte over-long forms are left to the Chinese encodings, where they are everyday characters.
 */
function isBrokenUtf8(line: Uint8Array): boolean {
  const text = Buffer.from(line).toString('latin1')
  const wellFormed = '[\\xc2-\\xdf][\\x80-\\xbf]|[\\xe0-\\xef][\\x80-\\xbf]{2}|[\\xf0-\\xf4][\\x80-\\xbf]{3}'
  return new RegExp(`^(?:[\\0-\\x7f]|${wellFormed}|\\xc0[\\x80\\xae\\xaf]|\\xc1\\x9c)*$`).test(text)
}

function hasFourByteCharacter(line: Uint8Array): boolean {
  return /[\x81-\xfe][0-9][\x81-\xfe][0-9]/.test(Buffer.from(line).toString('latin1'))
}

function cheapest(costs: { encoding: Encoding; cost: number }[]): Encoding | undefined {
  return costs.toSorted((a, b) => a.cost - b.cost)[0]?.encoding
}

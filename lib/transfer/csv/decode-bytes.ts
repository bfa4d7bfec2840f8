import iconv from 'iconv-lite'
import type { Encoding } from '#lib/transfer/csv/encodings.ts'

/**
 * Stands in a text for bytes that the encoding does not know. Half of a surrogate pair: no decoder ever gives one, so nothing in a file can pass for it
 * (U+FFFD can be in a file by right), and `isWellFormed()` finds it.
 */
export const undecodable = '\udc80'

/** Two Chinese characters of UTF-8 in a row: as GBK or Big5 that is three characters hardly anybody writes. */
const looksLikeUtf8 = /(?:[\xe2-\xe9][\x80-\xbf]{2}){2}/

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const readers: Record<Exclude<Encoding, 'utf-16-le' | 'utf-16-be'>, (bytes: Uint8Array) => string | undefined> = {
  'utf-8': bytes => strictly(utf8, bytes),
  gb18030: strictReader('gb18030'),
  // Node's own `gbk` knows no four-byte characters; GB 18030 contains GBK.
  gbk: strictReader('gb18030'),
  // Not the TextDecoder: its Big5 gives private characters for those of Hong Kong, and its Windows-1252 is Latin-1.
  big5: bytes => iconvStrictly('big5', bytes),
  'windows-1252': bytes => iconvStrictly('windows-1252', bytes),
}

/** Text of bytes that are whole characters; undefined when some of them are not of the encoding. */
export function decodeStrictly(bytes: Uint8Array, encoding: Encoding): string | undefined {
  if (encoding === 'utf-16-le' || encoding === 'utf-16-be') {
    const text = decodeUtf16(bytes, encoding)
    return text.isWellFormed() ? text : undefined
  }
  return readers[encoding](bytes)
}

/** Text of bytes that are whole characters, with `undecodable` where a line has bytes that are not of the encoding, or is UTF-8 in a file that is not. */
export function decodeLines(bytes: Uint8Array, encoding: Encoding): string {
  if (encoding === 'utf-16-le' || encoding === 'utf-16-be') return decodeUtf16(bytes, encoding)
  const isChinese = encoding === 'gb18030' || encoding === 'gbk' || encoding === 'big5'
  const mayBeMixed = isChinese && looksLikeUtf8.test(latin1(bytes))
  const text = mayBeMixed ? undefined : decodeStrictly(bytes, encoding)
  if (text !== undefined) return text
  return [...linesOf(bytes)].map(line => decodeLine(line, encoding, mayBeMixed)).join('')
}

/** The lines of a file as bytes, each with its end. No encoding here but UTF-16 uses the bytes of CR and LF for anything else. */
export function* linesOf(bytes: Uint8Array): Generator<Uint8Array> {
  let start = 0
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== 10 && (bytes[i] !== 13 || bytes[i + 1] === 10)) continue
    yield bytes.subarray(start, i + 1)
    start = i + 1
  }
  if (start < bytes.length) yield bytes.subarray(start)
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

function decodeLine(line: Uint8Array, encoding: Encoding, mayBeMixed: boolean): string {
  if (mayBeMixed && looksLikeUtf8.test(latin1(line))) {
    const asUtf8 = decodeStrictly(line, 'utf-8')
    if (asUtf8 !== undefined) return asUtf8.replace(/[^\p{ASCII}]/u, undecodable)
  }
  return decodeStrictly(line, encoding) ?? decodeLoosely(line, encoding).replaceAll('\ufffd', undecodable)
}

function decodeLoosely(bytes: Uint8Array, encoding: Encoding): string {
  if (encoding === 'big5' || encoding === 'windows-1252') return iconvText(encoding, bytes)
  return new TextDecoder(encoding === 'gbk' ? 'gb18030' : encoding, { ignoreBOM: true }).decode(bytes)
}

/** Halves of characters stay as they are in the file, and so are found later. */
function decodeUtf16(bytes: Uint8Array, encoding: 'utf-16-le' | 'utf-16-be'): string {
  const whole = Buffer.from(bytes.subarray(0, bytes.length & ~1))
  const text = (encoding === 'utf-16-be' ? whole.swap16() : whole).toString('utf16le')
  return bytes.length % 2 === 0 ? text : text + undecodable
}

function strictReader(label: string): (bytes: Uint8Array) => string | undefined {
  const decoder = new TextDecoder(label, { fatal: true, ignoreBOM: true })
  return bytes => strictly(decoder, bytes)
}

function strictly(decoder: { decode(bytes: Uint8Array): string }, bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

/** Neither of these encodings has a U+FFFD, so one in the text is a byte that is not of the encoding. */
function iconvStrictly(encoding: 'big5' | 'windows-1252', bytes: Uint8Array): string | undefined {
  const text = iconvText(encoding, bytes)
  return text.includes('\ufffd') ? undefined : text
}

function iconvText(encoding: string, bytes: Uint8Array): string {
  return iconv.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), encoding, { stripBOM: false })
}

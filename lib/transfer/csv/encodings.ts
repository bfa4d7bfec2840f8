import { invalidAt } from '#lib/errors.ts'

/** Encodings a file can be read in. */
export const encodings = ['utf-8', 'utf-16-le', 'utf-16-be', 'gb18030', 'gbk', 'big5', 'windows-1252'] as const

/** One of the encodings a file can be read in. */
export type Encoding = (typeof encodings)[number]

/** Other names of the same, as people and programs write them, without hyphens and underscores. */
const aliases: Record<string, Encoding> = {
  utf8: 'utf-8',
  utf8sig: 'utf-8',
  utf8bom: 'utf-8',
  utf16: 'utf-16-le',
  utf16le: 'utf-16-le',
  utf16be: 'utf-16-be',
  unicode: 'utf-16-le',
  gb18030: 'gb18030',
  gb2312: 'gbk',
  gbk: 'gbk',
  cp936: 'gbk',
  windows936: 'gbk',
  ansi: 'gbk',
  big5: 'big5',
  big5hkscs: 'big5',
  cp950: 'big5',
  windows1252: 'windows-1252',
  cp1252: 'windows-1252',
  latin1: 'windows-1252',
  iso88591: 'windows-1252',
}

/**
 * The encoding a caller names; undefined when the file is to tell (`auto` or nothing).
 * @throws CrmError when the name is not known.
 */
export function namedEncoding(name: string | undefined): Encoding | undefined {
  const plain = (name ?? '').toLowerCase().replace(/[-_\s]/g, '')
  if (plain === '' || plain === 'auto') return undefined
  const found = Object.hasOwn(aliases, plain) ? aliases[plain] : undefined
  if (found) return found
  const detail = `Encoding ${JSON.stringify(name)} is not known; use auto or one of ${encodings.join(', ')}.`
  throw invalidAt('/encoding', 'unknown_encoding', detail)
}

import type { Encoding } from '#lib/transfer/csv/encodings.ts'

/** How many bytes from the start are whole characters: at most 3 are left over. */
export function wholeCharacters(bytes: Uint8Array, encoding: Encoding): number {
  // A pair of surrogates need not stay together: the text is joined again before anybody looks.
  if (encoding === 'utf-16-le' || encoding === 'utf-16-be') return bytes.length & ~1
  if (encoding === 'windows-1252') return bytes.length
  let at = bytes.length
  // No byte below 0x30 is ever part of a longer character, in any of these encodings: a sure place to start from.
  while (at > 0 && (bytes[at - 1] ?? 0) >= 0x30) at--
  for (;;) {
    const length = characterLength(bytes, at, encoding)
    if (length === 0 || at + length > bytes.length) return at
    at += length
  }
}

/** Bytes of the character that starts there; 0 when that cannot be told yet. */
function characterLength(bytes: Uint8Array, at: number, encoding: Encoding): number {
  const lead = bytes[at]
  if (lead === undefined) return 0
  if (lead < 0x80) return 1
  if (encoding === 'utf-8') return utf8Length(lead)
  if (lead === 0x80 || lead === 0xff) return 1
  const second = bytes[at + 1]
  if (second === undefined) return 0
  return encoding !== 'big5' && second >= 0x30 && second <= 0x39 ? 4 : 2
}

function utf8Length(lead: number): number {
  if (lead < 0xc0) return 1
  if (lead < 0xe0) return 2
  return lead < 0xf0 ? 3 : 4
}

import { createHash } from 'node:crypto'
import { uuidv7obj } from 'uuidv7'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** Makes ids; tests give their own. */
export type Ids = { next(prefix: string): string }

/** TypeIDs: a prefix, an underscore and a UUIDv7 in Crockford base 32, so ids name their object and sort by time. */
export const typeIds: Ids = { next: prefix => `${prefix}_${encode(uuidv7obj().bytes)}` }

/**
 * The same id each time for the same seed: a TypeID whose time is `at` and whose random bits are a hash of the seed. A job
 * that is run again so finds what its first run wrote.
 */
export function derivedId(prefix: string, { at, seed }: { at: Date; seed: string }): string {
  const bytes = createHash('sha256').update(seed).digest().subarray(0, 16)
  bytes.writeUIntBE(at.getTime(), 0, 6)
  bytes[6] = 0x70 | (bytes.readUInt8(6) & 0x0f)
  bytes[8] = 0x80 | (bytes.readUInt8(8) & 0x3f)
  return `${prefix}_${encode(bytes)}`
}

/** Whether a text has the shape of an id with that prefix. */
export function isTypeId(text: string, prefix: string): boolean {
  return text.startsWith(`${prefix}_`) && /^[0-7][0-9a-hjkmnp-tv-z]{25}$/.test(text.slice(prefix.length + 1))
}

/** Whether a text has the shape of any record's id. */
export function isId(text: string): boolean {
  return /^[a-z]{2,8}_[0-7][0-9a-hjkmnp-tv-z]{25}$/.test(text)
}

/** The part of an id before its underscore. */
export function prefixOf(id: string): string {
  return id.slice(0, Math.max(0, id.lastIndexOf('_')))
}

/** 128 bits as 26 characters of 5 bits, two zero bits in front (TypeID specification 0.3). */
function encode(bytes: Uint8Array): string {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  let text = ''
  for (let i = 0; i < 26; i++) {
    text = alphabet[Number(value & 31n)] + text
    value >>= 5n
  }
  return text
}

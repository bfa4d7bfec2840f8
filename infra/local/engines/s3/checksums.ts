import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { element } from './xml.ts'

/** A checksum that takes bytes piece by piece. */
export type Checksum = { update(data: Uint8Array): void; base64(): string }

/** Checksums that S3 knows, by the name that its headers use. */
const checksums: Record<string, () => Checksum> = {
  crc32: () => rolling(0, (data, value) => crc32(data, value)),
  crc32c: () => rolling(0, crc32c),
  crc64nvme: createCrc64Nvme,
  sha1: () => hashChecksum('sha1'),
  sha256: () => hashChecksum('sha256'),
}

/** Names of the checksums that S3 knows, as in `x-amz-checksum-crc32`. */
export const checksumNames = Object.keys(checksums)

/** Starts a checksum; undefined for a name that S3 does not know. */
export function startChecksum(name: string): Checksum | undefined {
  return checksums[name]?.()
}

/** The checksum of bytes at hand. */
export function checksumOf(name: string, data: Uint8Array): string {
  const checksum = startChecksum(name)
  checksum?.update(data)
  return checksum?.base64() ?? ''
}

/** Checksum headers as XML elements: `x-amz-checksum-crc32` is ChecksumCRC32. */
export function checksumElements(checksums: Record<string, string>): string {
  return Object.entries(checksums)
    .map(([header, value]) => element(`Checksum${header.replace('x-amz-checksum-', '').toUpperCase()}`, value))
    .join('')
}

function rolling(start: number, step: (data: Uint8Array, value: number) => number): Checksum {
  let value = start
  return {
    update: data => {
      value = step(data, value)
    },
    base64: () => {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32BE(value >>> 0)
      return bytes.toString('base64')
    },
  }
}

function hashChecksum(algorithm: string): Checksum {
  const hash = createHash(algorithm)
  return { update: data => void hash.update(data), base64: () => hash.digest('base64') }
}

/** Castagnoli's polynomial, bits reversed. */
const crc32cTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1
  return value
})

function crc32c(data: Uint8Array, previous: number): number {
  let value = ~previous
  for (const byte of data) value = (crc32cTable[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8)
  return ~value
}

/** NVMe's polynomial, bits reversed. BigInt makes it slow (some MB/s), which is enough for the few who ask for it. */
const crc64Table = Array.from({ length: 256 }, (_, byte) => {
  let value = BigInt(byte)
  for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ 0x9a6c9329ac4bc9b5n : value >> 1n
  return value
})

function createCrc64Nvme(): Checksum {
  const allOnes = 0xffffffffffffffffn
  let value = allOnes
  return {
    update: data => {
      for (const byte of data) value = (crc64Table[Number((value ^ BigInt(byte)) & 0xffn)] ?? 0n) ^ (value >> 8n)
    },
    base64: () => {
      const bytes = Buffer.alloc(8)
      bytes.writeBigUInt64BE(value ^ allOnes)
      return bytes.toString('base64')
    },
  }
}

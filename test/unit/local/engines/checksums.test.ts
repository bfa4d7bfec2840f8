import { describe, expect, it } from 'vitest'
import { checksumOf, startChecksum } from '#infra/local/engines/s3/checksums.ts'

/** The input of the published check values of CRCs. */
const digits = Buffer.from('123456789')

describe('a checksum', () => {
  it.each([
    ['crc32', 'cbf43926'],
    ['crc32c', 'e3069283'],
    ['crc64nvme', 'ae8b14860a799888'],
    ['sha1', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
    ['sha256', '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225'],
  ])('%s has its published value, however the bytes are cut', (name, hex) => {
    const expected = Buffer.from(hex, 'hex').toString('base64')
    const inPieces = startChecksum(name)
    inPieces?.update(digits.subarray(0, 4))
    inPieces?.update(digits.subarray(4))
    expect(checksumOf(name, digits)).toBe(expected)
    expect(inPieces?.base64()).toBe(expected)
  })
})

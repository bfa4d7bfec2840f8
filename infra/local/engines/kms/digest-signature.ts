import { constants, createPublicKey, privateEncrypt, publicDecrypt, timingSafeEqual } from 'node:crypto'

/** A digest that the caller has made: of SHA-256, SHA-384 or SHA-512. */
export type Digest = { bits: number; bytes: Buffer }

/** DigestInfo in front of the digest, for SHA-256, SHA-384 and SHA-512 (RFC 8017, 9.2, note 1). */
const digestInfo: Readonly<Record<number, string>> = {
  256: '3031300d060960864801650304020105000420',
  384: '3041300d060960864801650304020205000430',
  512: '3051300d060960864801650304020305000440',
}
const padding = constants.RSA_PKCS1_PADDING

/** Signs a digest by RSASSA-PKCS1-v1_5: the same signature as over the message itself. `key`: an RSA private key in PEM. */
export function signDigest(key: string, digest: Digest): Buffer {
  return privateEncrypt({ key, padding }, encoded(digest))
}

/** Whether a signature is over this digest. */
export function verifyDigest(key: string, digest: Digest, signature: Buffer): boolean {
  try {
    const signed = publicDecrypt({ key: createPublicKey(key), padding }, signature)
    const wanted = encoded(digest)
    return signed.length === wanted.length && timingSafeEqual(signed, wanted)
  } catch {
    return false
  }
}

function encoded({ bits, bytes }: Digest): Buffer {
  return Buffer.concat([Buffer.from(digestInfo[bits] ?? '', 'hex'), bytes])
}

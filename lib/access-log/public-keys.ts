import { createPublicKey, createVerify, type KeyObject } from 'node:crypto'
import { sha256Hex } from '#lib/access-log/digest.ts'

/** The public key that a digest says it was signed with; undefined when the verifier has none by this fingerprint. */
export type PublicKeys = (fingerprint: string) => KeyObject | undefined

/** Fingerprint of a public key, 32 hex digits as in CloudTrail: the beginning of the SHA-256 of its SubjectPublicKeyInfo in DER. */
export function fingerprintOf(key: KeyObject): string {
  return sha256Hex(key.export({ type: 'spki', format: 'der' })).slice(0, 32)
}

/** Keys found by their own fingerprints. */
export function keysByFingerprint(pems: readonly string[]): PublicKeys {
  const keys = new Map(pems.map(pem => createPublicKey(pem)).map(key => [fingerprintOf(key), key]))
  return fingerprint => keys.get(fingerprint)
}

/** One key that the verifier was given, whatever the digests call it. */
export function onlyKey(pem: string): PublicKeys {
  const key = createPublicKey(pem)
  return () => key
}

/** Whether a signature in hex is this key's over a text: SHA256withRSA. */
export function isSignedBy(key: KeyObject, text: string, signature: string): boolean {
  if (!/^([0-9a-f]{2})+$/.test(signature)) return false
  return createVerify('RSA-SHA256').update(text).verify(key, signature, 'hex')
}

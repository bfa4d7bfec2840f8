import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { AwsError } from '../aws-error.ts'
import { assertUsable, findKey, type Key, type KeyStore } from './key-store.ts'

/** Authenticated, not encrypted: a ciphertext opens only with the context it was sealed with. */
export type EncryptionContext = Record<string, string>

/** Layout of a ciphertext: format, key version, key id, nonce, tag, then the encrypted bytes. */
const offsets = { version: 1, keyId: 2, nonce: 18, tag: 30, sealed: 46 }
const formatVersion = 1

/** Encrypts with the newest version of the key. */
export function seal(store: KeyStore, key: Key, plaintext: Uint8Array, context: EncryptionContext): Buffer {
  const material = store.latestMaterial(key.id)
  if (material === undefined) throw new AwsError('KMSInternalException', `${key.id} has no material`, { status: 500 })
  const header = Buffer.concat([
    Buffer.from([formatVersion, material.version]),
    Buffer.from(key.id.replaceAll('-', ''), 'hex'),
  ])
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(material.secret, 'base64'), nonce)
  cipher.setAAD(additionalData(header, context))
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return Buffer.concat([header, nonce, cipher.getAuthTag(), sealed])
}

/** Decrypts what `seal` made; a foreign, altered or wrong-context ciphertext is InvalidCiphertextException. */
export function unseal(
  store: KeyStore,
  ciphertext: Buffer,
  context: EncryptionContext,
): { key: Key; plaintext: Buffer } {
  const key = sealingKey(store, ciphertext)
  assertUsable(store, key, 'ENCRYPT_DECRYPT')
  const material = store.materialOf(key.id, ciphertext[offsets.version] ?? 0)
  if (material === undefined) throw invalidCiphertext()
  try {
    const nonce = ciphertext.subarray(offsets.nonce, offsets.tag)
    const decipher = createDecipheriv('aes-256-gcm', Buffer.from(material.secret, 'base64'), nonce)
    decipher.setAAD(additionalData(ciphertext.subarray(0, offsets.nonce), context))
    decipher.setAuthTag(ciphertext.subarray(offsets.tag, offsets.sealed))
    const plaintext = Buffer.concat([decipher.update(ciphertext.subarray(offsets.sealed)), decipher.final()])
    return { key, plaintext }
  } catch (cause) {
    throw invalidCiphertext(cause)
  }
}

/** The key that a ciphertext names. */
export function sealingKey(store: KeyStore, ciphertext: Buffer): Key {
  if (ciphertext.length < offsets.sealed || ciphertext[0] !== formatVersion) throw invalidCiphertext()
  const id = ciphertext
    .subarray(offsets.keyId, offsets.nonce)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  try {
    return findKey(store, id)
  } catch (cause) {
    throw invalidCiphertext(cause)
  }
}

function additionalData(header: Uint8Array, context: EncryptionContext): Buffer {
  const pairs = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))
  return Buffer.concat([header, Buffer.from(JSON.stringify(pairs))])
}

function invalidCiphertext(cause?: unknown): AwsError {
  return Object.assign(new AwsError('InvalidCiphertextException', 'The ciphertext is invalid'), { cause })
}

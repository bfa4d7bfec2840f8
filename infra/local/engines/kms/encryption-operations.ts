import { randomBytes } from 'node:crypto'
import * as z from 'zod'
import { AwsError } from '../aws-error.ts'
import { type Operation, operation } from '../json-server.ts'
import { seal, sealingKey, unseal } from './envelope.ts'
import { blob, keyPermission } from './inputs.ts'
import { assertUsable, findKey, type Key, type KeyStore } from './key-store.ts'

/** Largest plaintext that KMS encrypts directly. */
const maxPlaintextBytes = 4096

const context = z.record(z.string(), z.string()).default({})
const encrypt = z.object({ KeyId: z.string(), Plaintext: blob, EncryptionContext: context })
const decrypt = z.object({ CiphertextBlob: blob, KeyId: z.string().optional(), EncryptionContext: context })
const reEncrypt = z.object({
  CiphertextBlob: blob,
  SourceKeyId: z.string().optional(),
  SourceEncryptionContext: context,
  DestinationKeyId: z.string(),
  DestinationEncryptionContext: context,
})
const dataKey = z.object({
  KeyId: z.string(),
  KeySpec: z.enum(['AES_128', 'AES_256']).optional(),
  NumberOfBytes: z.int().min(1).max(1024).optional(),
  EncryptionContext: context,
})

/** Encrypt, Decrypt, ReEncrypt, GenerateDataKey and their kin. */
export function encryptionOperations(store: KeyStore): Record<string, Operation> {
  const usableKey = (reference: string): Key => {
    const key = findKey(store, reference)
    assertUsable(store, key, 'ENCRYPT_DECRYPT')
    return key
  }
  const newDataKey = (input: z.infer<typeof dataKey>) => {
    const key = usableKey(input.KeyId)
    const plaintext = randomBytes(input.NumberOfBytes ?? (input.KeySpec === 'AES_128' ? 16 : 32))
    const ciphertext = seal(store, key, plaintext, input.EncryptionContext)
    return { KeyId: store.arnOf(key.id), CiphertextBlob: base64(ciphertext), Plaintext: base64(plaintext) }
  }
  return {
    Encrypt: operation({
      input: encrypt,
      needs: input => keyPermission(store, 'Encrypt', input.KeyId),
      run: input => {
        const key = usableKey(input.KeyId)
        if (input.Plaintext.length > maxPlaintextBytes) {
          throw new AwsError('ValidationException', 'Plaintext: at most 4096 bytes')
        }
        const ciphertext = seal(store, key, input.Plaintext, input.EncryptionContext)
        return { ...sealedBy(store, key), CiphertextBlob: base64(ciphertext) }
      },
    }),
    GenerateDataKey: operation({
      input: dataKey,
      needs: input => keyPermission(store, 'GenerateDataKey', input.KeyId),
      run: newDataKey,
    }),
    GenerateDataKeyWithoutPlaintext: operation({
      input: dataKey,
      needs: input => keyPermission(store, 'GenerateDataKeyWithoutPlaintext', input.KeyId),
      run: input => ({ ...newDataKey(input), Plaintext: undefined }),
    }),
    GenerateRandom: operation({
      input: z.object({ NumberOfBytes: z.int().min(1).max(1024) }),
      needs: () => [{ action: 'kms:GenerateRandom', resource: '*' }],
      run: input => ({ Plaintext: base64(randomBytes(input.NumberOfBytes)) }),
    }),
    ...decryptionOperations(store, usableKey),
  }
}

function decryptionOperations(store: KeyStore, usableKey: (reference: string) => Key): Record<string, Operation> {
  const permission = (action: string, ciphertext: Buffer) => ({
    action: `kms:${action}`,
    resource: store.arnOf(sealingKey(store, ciphertext).id),
  })
  return {
    Decrypt: operation({
      input: decrypt,
      needs: input => [permission('Decrypt', input.CiphertextBlob)],
      run: input => {
        assertSealedBy(store, input.KeyId, input.CiphertextBlob)
        const { key, plaintext } = unseal(store, input.CiphertextBlob, input.EncryptionContext)
        return { ...sealedBy(store, key), Plaintext: base64(plaintext) }
      },
    }),
    ReEncrypt: operation({
      input: reEncrypt,
      needs: input => [
        permission('ReEncryptFrom', input.CiphertextBlob),
        ...keyPermission(store, 'ReEncryptTo', input.DestinationKeyId),
      ],
      run: input => {
        assertSealedBy(store, input.SourceKeyId, input.CiphertextBlob)
        const { key: source, plaintext } = unseal(store, input.CiphertextBlob, input.SourceEncryptionContext)
        const destination = usableKey(input.DestinationKeyId)
        const ciphertext = seal(store, destination, plaintext, input.DestinationEncryptionContext)
        return {
          KeyId: store.arnOf(destination.id),
          SourceKeyId: store.arnOf(source.id),
          CiphertextBlob: base64(ciphertext),
        }
      },
    }),
  }
}

function assertSealedBy(store: KeyStore, reference: string | undefined, ciphertext: Buffer): void {
  if (reference === undefined || findKey(store, reference).id === sealingKey(store, ciphertext).id) return
  throw new AwsError(
    'IncorrectKeyException',
    'The key ID in the request does not identify a CMK that can perform this operation.',
  )
}

function sealedBy(store: KeyStore, key: Key) {
  return { KeyId: store.arnOf(key.id), EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' }
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64')
}

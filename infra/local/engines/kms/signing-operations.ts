import { constants, createHmac, createPublicKey, sign, timingSafeEqual, verify } from 'node:crypto'
import * as z from 'zod'
import { AwsError } from '../aws-error.ts'
import { type Operation, operation } from '../json-server.ts'
import { type Digest, signDigest, verifyDigest } from './digest-signature.ts'
import { blob, keyPermission, onlyKeyId } from './inputs.ts'
import { publicKeyDer } from './key-material.ts'
import { assertUsable, findKey, type Key, type KeyStore, type KeyUsage } from './key-store.ts'

/** Longest message that KMS hashes itself. */
const message = blob.refine(bytes => bytes.length <= 4096, 'at most 4096 bytes')

const macInput = z.object({ KeyId: z.string(), Message: message, MacAlgorithm: z.string().regex(/^HMAC_SHA_\d{3}$/) })
const signInput = z.object({
  KeyId: z.string(),
  Message: message,
  MessageType: z.enum(['RAW', 'DIGEST']).default('RAW'),
  SigningAlgorithm: z.string().regex(/^(RSASSA_PSS|RSASSA_PKCS1_V1_5|ECDSA)_SHA_(256|384|512)$/),
})

/** Sign, Verify, GetPublicKey, GenerateMac and VerifyMac. */
export function signingOperations(store: KeyStore): Record<string, Operation> {
  return {
    Sign: operation({
      input: signInput,
      needs: input => keyPermission(store, 'Sign', input.KeyId),
      run: input => {
        const { key, secret } = keyAndSecret(store, input.KeyId, 'SIGN_VERIFY')
        const { hash, options } = nodeAlgorithm(key, input)
        const signature = isDigest(input)
          ? signDigest(secret, digestOf(input))
          : sign(hash, input.Message, { key: secret, ...options })
        return { ...signedBy(store, key, input), Signature: signature.toString('base64') }
      },
    }),
    Verify: operation({
      input: signInput.extend({ Signature: blob }),
      needs: input => keyPermission(store, 'Verify', input.KeyId),
      run: input => {
        const { key, secret } = keyAndSecret(store, input.KeyId, 'SIGN_VERIFY')
        const { hash, options } = nodeAlgorithm(key, input)
        const isValid = isDigest(input)
          ? verifyDigest(secret, digestOf(input), input.Signature)
          : verify(hash, input.Message, { key: createPublicKey(secret), ...options }, input.Signature)
        if (!isValid) throw new AwsError('KMSInvalidSignatureException', 'The signature is invalid')
        return { ...signedBy(store, key, input), SignatureValid: true }
      },
    }),
    GetPublicKey: operation({
      input: onlyKeyId,
      needs: input => keyPermission(store, 'GetPublicKey', input.KeyId),
      run: input => {
        const { key, secret } = keyAndSecret(store, input.KeyId, 'SIGN_VERIFY')
        return {
          KeyId: store.arnOf(key.id),
          PublicKey: publicKeyDer(secret).toString('base64'),
          KeySpec: key.spec,
          KeyUsage: key.usage,
          SigningAlgorithms: signingAlgorithms(key.spec),
        }
      },
    }),
    ...macOperations(store),
  }
}

function macOperations(store: KeyStore): Record<string, Operation> {
  const mac = (input: z.infer<typeof macInput>) => {
    const { key, secret } = keyAndSecret(store, input.KeyId, 'GENERATE_VERIFY_MAC')
    if (key.spec.slice(-3) !== input.MacAlgorithm.slice(-3)) throw incompatible(key, input.MacAlgorithm)
    const hash = `sha${input.MacAlgorithm.slice(-3)}`
    const digest = createHmac(hash, Buffer.from(secret, 'base64')).update(input.Message).digest()
    return { digest, about: { KeyId: store.arnOf(key.id), MacAlgorithm: input.MacAlgorithm } }
  }
  return {
    GenerateMac: operation({
      input: macInput,
      needs: input => keyPermission(store, 'GenerateMac', input.KeyId),
      run: input => {
        const { digest, about } = mac(input)
        return { ...about, Mac: digest.toString('base64') }
      },
    }),
    VerifyMac: operation({
      input: macInput.extend({ Mac: blob }),
      needs: input => keyPermission(store, 'VerifyMac', input.KeyId),
      run: input => {
        const { digest, about } = mac(input)
        const isValid = digest.length === input.Mac.length && timingSafeEqual(digest, input.Mac)
        if (!isValid) throw new AwsError('KMSInvalidMacException', 'The MAC is invalid')
        return { ...about, MacValid: true }
      },
    }),
  }
}

function keyAndSecret(store: KeyStore, reference: string, usage: KeyUsage): { key: Key; secret: string } {
  const key = findKey(store, reference)
  assertUsable(store, key, usage)
  return { key, secret: store.latestMaterial(key.id)?.secret ?? '' }
}

function nodeAlgorithm(key: Key, input: z.infer<typeof signInput>) {
  // node:crypto cannot sign a ready-made digest with every algorithm: better refused than hashed twice.
  if (isDigest(input) && !input.SigningAlgorithm.startsWith('RSASSA_PKCS1_V1_5')) {
    throw new AwsError(
      'UnsupportedOperationException',
      `MessageType DIGEST is not supported locally with ${input.SigningAlgorithm}`,
    )
  }
  if (!signingAlgorithms(key.spec).includes(input.SigningAlgorithm)) throw incompatible(key, input.SigningAlgorithm)
  const bits = Number(input.SigningAlgorithm.slice(-3))
  const isPss = input.SigningAlgorithm.startsWith('RSASSA_PSS')
  const options = isPss ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: bits / 8 } : {}
  return { hash: `sha${bits}`, options }
}

function isDigest({ MessageType }: z.infer<typeof signInput>): boolean {
  return MessageType === 'DIGEST'
}

function digestOf({ Message, SigningAlgorithm }: z.infer<typeof signInput>): Digest {
  const bits = Number(SigningAlgorithm.slice(-3))
  if (Message.length === bits / 8) return { bits, bytes: Message }
  throw new AwsError('ValidationException', `Digest is invalid length for algorithm ${SigningAlgorithm}.`)
}

function signingAlgorithms(spec: string): string[] {
  const curveHash: Record<string, string> = { ECC_NIST_P256: '256', ECC_NIST_P384: '384', ECC_NIST_P521: '512' }
  if (curveHash[spec] !== undefined) return [`ECDSA_SHA_${curveHash[spec]}`]
  return ['RSASSA_PSS', 'RSASSA_PKCS1_V1_5'].flatMap(scheme =>
    ['256', '384', '512'].map(bits => `${scheme}_SHA_${bits}`),
  )
}

function signedBy(store: KeyStore, key: Key, input: z.infer<typeof signInput>) {
  return { KeyId: store.arnOf(key.id), SigningAlgorithm: input.SigningAlgorithm }
}

function incompatible(key: Key, algorithm: string): AwsError {
  return new AwsError('InvalidKeyUsageException', `Algorithm ${algorithm} is incompatible with key spec ${key.spec}.`)
}

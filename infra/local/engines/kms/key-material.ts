import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { AwsError } from '../aws-error.ts'
import type { KeyUsage } from './key-store.ts'

const curves: Record<string, string> = {
  ECC_NIST_P256: 'prime256v1',
  ECC_NIST_P384: 'secp384r1',
  ECC_NIST_P521: 'secp521r1',
}

const bytesBySpec: Record<string, number> = {
  SYMMETRIC_DEFAULT: 32,
  HMAC_224: 28,
  HMAC_256: 32,
  HMAC_384: 48,
  HMAC_512: 64,
}

/** Makes the secret of a new key: base64 bytes for a symmetric or HMAC key, a PEM private key for a key pair. */
export function newMaterial(spec: string, usage: KeyUsage): string {
  if (usageOf(spec) !== usage) {
    throw new AwsError('ValidationException', `KeyUsage ${usage} is not compatible with KeySpec ${spec}`)
  }
  const byteLength = bytesBySpec[spec]
  if (byteLength !== undefined) return randomBytes(byteLength).toString('base64')
  const namedCurve = curves[spec]
  const pair =
    namedCurve === undefined
      ? generateKeyPairSync('rsa', { modulusLength: Number(spec.slice('RSA_'.length)) })
      : generateKeyPairSync('ec', { namedCurve })
  return pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** DER of the public half of a PEM private key. */
export function publicKeyDer(privateKeyPem: string): Buffer {
  return createPublicKey(privateKeyPem).export({ type: 'spki', format: 'der' })
}

function usageOf(spec: string): KeyUsage {
  if (spec === 'SYMMETRIC_DEFAULT') return 'ENCRYPT_DECRYPT'
  if (spec.startsWith('HMAC_') && spec in bytesBySpec) return 'GENERATE_VERIFY_MAC'
  if (spec in curves || /^RSA_(2048|3072|4096)$/.test(spec)) return 'SIGN_VERIFY'
  throw new AwsError('ValidationException', `KeySpec ${spec} is not supported`)
}

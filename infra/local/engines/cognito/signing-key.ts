import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** A pool's RS256 key: it signs tokens, and its public half is published as a JSON Web Key. */
export type SigningKey = { jwk: Record<string, unknown>; sign(claims: Record<string, unknown>): string }

/** Reads the key at `path`, or makes one that only its owner can read. */
export function loadSigningKey(path: string): SigningKey {
  if (!existsSync(path)) writeNewKey(path)
  const privateKey = createPrivateKey(readFileSync(path))
  const publicJwk = createPublicKey(privateKey).export({ format: 'jwk' })
  // Any stable name will do; RFC 7638's thumbprint changes with the key, which makes verifiers fetch the new one.
  const kid = createHash('sha256').update(`{"e":"${publicJwk.e}","kty":"RSA","n":"${publicJwk.n}"}`).digest('base64url')
  return {
    jwk: { alg: 'RS256', e: publicJwk.e, kid, kty: 'RSA', n: publicJwk.n, use: 'sig' },
    sign: claims => signJwt({ kid, alg: 'RS256' }, claims, privateKey),
  }
}

function writeNewKey(path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  writeFileSync(`${path}.new`, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flush: true })
  renameSync(`${path}.new`, path)
}

function signJwt(header: object, claims: object, privateKey: KeyObject): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const signed = `${encode(header)}.${encode(claims)}`
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`
}

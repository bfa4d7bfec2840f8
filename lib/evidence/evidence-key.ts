import { createHash, createPublicKey, createVerify, type KeyObject } from 'node:crypto'
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms'
import { unavailable } from '#lib/errors.ts'
import { type Signature, signingAlgorithm } from '#lib/evidence/signature.ts'
import { isOutage } from '#lib/runtime/outage.ts'

/** The key that evidence (catalogues of backups, reports of drills) is signed with. */
export type EvidenceKey = {
  /** @throws CrmError `unavailable` when KMS does not answer; signing again is safe and gives the same bytes. */
  sign(bytes: Uint8Array): Promise<Signature>
  /** Whether the signature is this key's, over exactly these bytes. */
  verify(bytes: Uint8Array, signature: Signature): Promise<boolean>
  /** SubjectPublicKeyInfo in PEM, for whoever verifies without AWS. */
  publicKeyPem(): Promise<string>
}

/** Opens the tenant's evidence key by its ARN. Its public half is read once. */
export function openEvidenceKey(arn: string): EvidenceKey {
  const client = new KMSClient({ maxAttempts: 5, retryMode: 'standard' })
  let publicKey: Promise<KeyObject> | undefined
  const open = () => {
    publicKey ??= readPublicKey(client, arn).catch((error: unknown) => {
      publicKey = undefined
      throw error
    })
    return publicKey
  }
  return {
    sign: bytes => sign(client, arn, bytes),
    verify: async (bytes, signature) => signature.key === arn && verifyWith(await open(), bytes, signature),
    publicKeyPem: async () => (await open()).export({ type: 'spki', format: 'pem' }).toString(),
  }
}

/** Whether a signature fits these bytes and a public key; for whoever has no KMS at hand. */
export function verifyWith(publicKey: KeyObject, bytes: Uint8Array, { sha256, value }: Signature): boolean {
  if (sha256Hex(bytes) !== sha256) return false
  return createVerify('RSA-SHA256').update(bytes).verify(publicKey, value, 'base64')
}

async function sign(client: KMSClient, arn: string, bytes: Uint8Array): Promise<Signature> {
  const digest = createHash('sha256').update(bytes).digest()
  // The digest: KMS takes 4 KB at most.
  const command = new SignCommand({
    KeyId: arn,
    Message: digest,
    MessageType: 'DIGEST',
    SigningAlgorithm: signingAlgorithm,
  })
  const { Signature: value } = await client.send(command).catch(translate)
  if (!value) throw new Error('KMS gave no signature')
  const base64 = Buffer.from(value).toString('base64')
  return { algorithm: signingAlgorithm, key: arn, sha256: digest.toString('hex'), value: base64 }
}

async function readPublicKey(client: KMSClient, arn: string): Promise<KeyObject> {
  const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: arn })).catch(translate)
  if (!PublicKey) throw new Error(`KMS gave no public key of ${arn}`)
  return createPublicKey({ key: Buffer.from(PublicKey), type: 'spki', format: 'der' })
}

function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function translate(error: unknown): never {
  if (isOutage(error)) throw unavailable('The key service does not answer. Retrying is safe.', error)
  throw error
}

import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as sdk from '@aws-sdk/client-kms'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Kms, startKms } from '#infra/local/engines/kms/start-kms.ts'
import { clientOptions, errorName, newFolder } from './support/client-options.ts'

let dir: string
let kms: Kms
let client: sdk.KMSClient
let keyArn: string

const message = Buffer.from('hello')
const context = { tenant: 't1', object: 'customer' }

beforeAll(async () => {
  dir = newFolder()
  kms = await startKms({ dir, region: 'eu-central-1' })
  client = new sdk.KMSClient(clientOptions(kms.url))
  keyArn = kms.ensureKey('alias/evergreen-local', { isRotated: true }).arn
})

afterAll(() => kms.stop())

describe('symmetric keys', () => {
  it('open a data key with the same context in any order, also after a rotation and a restart', async () => {
    const sealed = await client.send(
      new sdk.GenerateDataKeyCommand({
        KeyId: 'alias/evergreen-local',
        KeySpec: 'AES_256',
        EncryptionContext: context,
      }),
    )
    await client.send(new sdk.RotateKeyOnDemandCommand({ KeyId: keyArn }))
    await kms.stop()
    kms = await startKms({ dir, region: 'eu-central-1' })
    client = new sdk.KMSClient(clientOptions(kms.url))
    const opened = await client.send(
      new sdk.DecryptCommand({
        CiphertextBlob: sealed.CiphertextBlob,
        EncryptionContext: { object: 'customer', tenant: 't1' },
      }),
    )
    expect(opened.Plaintext).toEqual(sealed.Plaintext)
    expect(opened.KeyId).toBe(keyArn)
    expect(kms.ensureKey('alias/evergreen-local').arn).toBe(keyArn)
  })

  it('refuse a wrong context, an altered ciphertext, a foreign one and another key', async () => {
    const { CiphertextBlob: sealed = new Uint8Array() } = await client.send(
      new sdk.EncryptCommand({ KeyId: keyArn, Plaintext: message, EncryptionContext: context }),
    )
    const other = kms.ensureKey('alias/other').arn
    const decrypt = (input: Partial<sdk.DecryptCommandInput>) =>
      errorName(client.send(new sdk.DecryptCommand({ CiphertextBlob: sealed, EncryptionContext: context, ...input })))
    const flip = (index: number) => sealed.map((byte, at) => (at === index ? byte ^ 1 : byte))
    expect(await decrypt({ EncryptionContext: { tenant: 't2' } })).toBe('InvalidCiphertextException')
    expect(await decrypt({ EncryptionContext: undefined })).toBe('InvalidCiphertextException')
    for (const index of sealed.keys()) {
      expect(await decrypt({ CiphertextBlob: flip(index) })).toBe('InvalidCiphertextException')
    }
    expect(await decrypt({ CiphertextBlob: message })).toBe('InvalidCiphertextException')
    expect(await decrypt({ KeyId: other })).toBe('IncorrectKeyException')
    expect(await decrypt({ KeyId: keyArn })).toBe('no error')
  })

  it('re-encrypt under another key and context', async () => {
    const sealed = await client.send(new sdk.EncryptCommand({ KeyId: keyArn, Plaintext: message }))
    const moved = await client.send(
      new sdk.ReEncryptCommand({
        CiphertextBlob: sealed.CiphertextBlob,
        DestinationKeyId: 'alias/other',
        DestinationEncryptionContext: context,
      }),
    )
    const opened = await client.send(
      new sdk.DecryptCommand({ CiphertextBlob: moved.CiphertextBlob, EncryptionContext: context }),
    )
    expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe('hello')
    expect(moved.SourceKeyId).toBe(keyArn)
  })

  it('are of no use while disabled or pending deletion', async () => {
    const { keyId } = kms.ensureKey('alias/doomed')
    const encrypt = () => errorName(client.send(new sdk.EncryptCommand({ KeyId: keyId, Plaintext: message })))
    await client.send(new sdk.DisableKeyCommand({ KeyId: keyId }))
    expect(await encrypt()).toBe('DisabledException')
    await client.send(new sdk.EnableKeyCommand({ KeyId: keyId }))
    expect(await encrypt()).toBe('no error')
    await client.send(new sdk.ScheduleKeyDeletionCommand({ KeyId: keyId, PendingWindowInDays: 7 }))
    expect(await encrypt()).toBe('KMSInvalidStateException')
    const described = await client.send(new sdk.DescribeKeyCommand({ KeyId: keyId }))
    expect(described.KeyMetadata?.DeletionDate?.getTime()).toBeGreaterThan(Date.now() + 6 * 86_400_000)
    await client.send(new sdk.CancelKeyDeletionCommand({ KeyId: keyId }))
    await client.send(new sdk.EnableKeyCommand({ KeyId: keyId }))
    expect(await encrypt()).toBe('no error')
  })

  it('refuse too long plaintexts, missing keys and other usages', async () => {
    const { keyId: macKey } = kms.ensureKey('alias/mac', { keySpec: 'HMAC_256', keyUsage: 'GENERATE_VERIFY_MAC' })
    const encrypt = (KeyId: string, bytes = 5) =>
      errorName(client.send(new sdk.EncryptCommand({ KeyId, Plaintext: Buffer.alloc(bytes) })))
    expect(await encrypt(keyArn, 4097)).toBe('ValidationException')
    expect(await encrypt('alias/nothing')).toBe('NotFoundException')
    expect(await encrypt(macKey)).toBe('InvalidKeyUsageException')
  })
})

describe('keys of another region', () => {
  it('are named as there, and found by that name', async () => {
    const { arn, keyId } = kms.ensureKey('alias/copy', { region: 'eu-west-1' })
    expect(arn).toBe(`arn:aws:kms:eu-west-1:000000000000:key/${keyId}`)
    expect(kms.ensureKey('alias/copy', { region: 'eu-west-1' }).arn).toBe(arn)
    const { KeyMetadata } = await client.send(new sdk.DescribeKeyCommand({ KeyId: arn }))
    expect(KeyMetadata).toMatchObject({ Arn: arn, KeyId: keyId })
    expect(keyArn).toContain(':eu-central-1:')
  })
})

describe('signatures', () => {
  it.each([
    ['ECC_NIST_P256', 'ECDSA_SHA_256'],
    ['RSA_3072', 'RSASSA_PSS_SHA_256'],
    ['RSA_2048', 'RSASSA_PSS_SHA_256'],
    ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_512'],
  ] as const)('%s %s verify what they signed and nothing else', async (keySpec, SigningAlgorithm) => {
    const { keyId: KeyId } = kms.ensureKey(`alias/${SigningAlgorithm}`, { keySpec, keyUsage: 'SIGN_VERIFY' })
    const { Signature } = await client.send(new sdk.SignCommand({ KeyId, Message: message, SigningAlgorithm }))
    const verify = (Message: Uint8Array) =>
      client.send(new sdk.VerifyCommand({ KeyId, Message, Signature, SigningAlgorithm }))
    expect((await verify(message)).SignatureValid).toBe(true)
    expect(await errorName(verify(Buffer.from('bye')))).toBe('KMSInvalidSignatureException')
    const { PublicKey } = await client.send(new sdk.GetPublicKeyCommand({ KeyId }))
    expect(PublicKey?.length).toBeGreaterThan(80)
  })

  it('of a digest is that of its message, and fits no other', async () => {
    const { keyId: KeyId } = kms.ensureKey('alias/digest', { keySpec: 'RSA_2048', keyUsage: 'SIGN_VERIFY' })
    const about = { KeyId, SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256' } as const
    const digest = createHash('sha256').update(message).digest()
    const byDigest = await client.send(new sdk.SignCommand({ ...about, Message: digest, MessageType: 'DIGEST' }))
    const byMessage = await client.send(new sdk.SignCommand({ ...about, Message: message }))
    expect(byDigest.Signature).toEqual(byMessage.Signature)
    const verify = (Message: Uint8Array) =>
      client.send(new sdk.VerifyCommand({ ...about, Message, MessageType: 'DIGEST', Signature: byDigest.Signature }))
    expect((await verify(digest)).SignatureValid).toBe(true)
    expect(await errorName(verify(Buffer.alloc(32)))).toBe('KMSInvalidSignatureException')
    expect(await errorName(verify(Buffer.alloc(31)))).toBe('ValidationException')
  })

  it('and MACs refuse another message', async () => {
    const { keyId: KeyId } = kms.ensureKey('alias/mac', { keySpec: 'HMAC_256', keyUsage: 'GENERATE_VERIFY_MAC' })
    const MacAlgorithm = 'HMAC_SHA_256'
    const { Mac } = await client.send(new sdk.GenerateMacCommand({ KeyId, Message: message, MacAlgorithm }))
    const verify = (Message: Uint8Array) => client.send(new sdk.VerifyMacCommand({ KeyId, Message, Mac, MacAlgorithm }))
    expect((await verify(message)).MacValid).toBe(true)
    expect(await errorName(verify(Buffer.from('bye')))).toBe('KMSInvalidMacException')
  })
})

describe('callers', () => {
  it('must sign with the right secret', async () => {
    const stranger = new sdk.KMSClient(clientOptions(kms.url, 'local', 'wrong'))
    expect(await errorName(stranger.send(new sdk.ListKeysCommand({})))).toBe('InvalidSignatureException')
  })

  it('may do only what the authorizer lets them, on the key that they name', async () => {
    const asked: string[] = []
    const guarded = await startKms({
      dir: newFolder(),
      authorize: (principal, action, resource) => {
        asked.push(`${principal} ${action} ${resource}`)
        return action === 'kms:Encrypt'
      },
    })
    const { arn } = guarded.ensureKey('alias/k')
    const reader = new sdk.KMSClient(clientOptions(guarded.url, 'ReaderFunction'))
    const { CiphertextBlob } = await reader.send(new sdk.EncryptCommand({ KeyId: 'alias/k', Plaintext: message }))
    expect(await errorName(reader.send(new sdk.DecryptCommand({ CiphertextBlob })))).toBe('AccessDeniedException')
    expect(asked).toEqual([`ReaderFunction kms:Encrypt ${arn}`, `ReaderFunction kms:Decrypt ${arn}`])
    await guarded.stop()
  })

  it('get keys, aliases, rotation, policy and tags described', async () => {
    const { KeyMetadata } = await client.send(new sdk.CreateKeyCommand({ Description: 'third' }))
    const KeyId = KeyMetadata?.KeyId ?? ''
    await client.send(new sdk.CreateAliasCommand({ AliasName: 'alias/third', TargetKeyId: KeyId }))
    const again = client.send(new sdk.CreateAliasCommand({ AliasName: 'alias/third', TargetKeyId: KeyId }))
    expect(await errorName(again)).toBe('AlreadyExistsException')
    await client.send(new sdk.TagResourceCommand({ KeyId, Tags: [{ TagKey: 'tenant', TagValue: 'local' }] }))
    await client.send(new sdk.PutKeyPolicyCommand({ KeyId, Policy: '{"Statement":[]}' }))
    await client.send(new sdk.EnableKeyRotationCommand({ KeyId }))
    const rotation = await client.send(new sdk.GetKeyRotationStatusCommand({ KeyId: 'alias/third' }))
    const { Aliases } = await client.send(new sdk.ListAliasesCommand({ KeyId }))
    expect(rotation.KeyRotationEnabled).toBe(true)
    expect(Aliases?.map(alias => alias.AliasName)).toEqual(['alias/third'])
    expect((await client.send(new sdk.ListResourceTagsCommand({ KeyId }))).Tags).toHaveLength(1)
    expect((await client.send(new sdk.GetKeyPolicyCommand({ KeyId }))).Policy).toBe('{"Statement":[]}')
  })

  it('cannot read the file of keys, which is its owner’s', async () => {
    expect((await stat(join(dir, 'keys.db'))).mode & 0o777).toBe(0o600)
  })
})

import { createPublicKey } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import type { BackupTools } from '#lib/backup/read-chain.ts'
import { openVault } from '#lib/backup/vault.ts'
import { type EvidenceKey, openEvidenceKey, verifyWith } from '#lib/evidence/evidence-key.ts'
import { startKms } from '../engines/kms/start-kms.ts'
import { startS3 } from '../engines/s3/start-s3.ts'
import { lockFolder } from '../lock.ts'
import { setEnvironment } from './set-environment.ts'
import type { SourceNames } from './source-names.ts'

/** A data folder whose backups are to be read. */
export type SourceWish = {
  folder: string
  region: string
  names: SourceNames
  /** Read the copy of the second region instead of the vault. */
  useCopy: boolean
  /** File with the evidence key's public half in PEM; without it the folder's own KMS is asked. */
  publicKey?: string | undefined
}

/** The backups of a data folder, open for reading. */
export type Source = { tools: BackupTools; s3Url: string; stop(): Promise<void> }

/**
 * Opens the vault of a data folder that no stack runs on: its S3, and what its catalogues are verified with.
 * @throws Error saying what is missing, or which process is using the folder.
 */
export async function openSource(wish: SourceWish): Promise<Source> {
  const { folder, region, names } = wish
  if (!existsSync(join(folder, 's3')))
    throw new Error(`${folder} holds no data of a local stack: name its folder by --from.`)
  const lock = lockFolder(folder)
  const s3 = await startS3({ dir: join(folder, 's3'), region })
  const kms = await startKms({ dir: join(folder, 'kms'), region })
  const environment = setEnvironment({
    AWS_ENDPOINT_URL_S3: s3.url,
    AWS_ENDPOINT_URL_KMS: kms.url,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  })
  const stop = async () => {
    environment.undo()
    await s3.stop()
    await kms.stop()
    lock.release()
  }
  try {
    const vault = openVault(wish.useCopy ? names.vaultCopy : names.vault)
    const evidence = wish.publicKey ? keyInFile(wish.publicKey) : await keyOfFolder(names.evidenceAlias)
    return { tools: { vault, evidence }, s3Url: s3.url, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function keyOfFolder(alias: string): Promise<Pick<EvidenceKey, 'verify'>> {
  const client = new KMSClient({})
  try {
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: alias }))
    return openEvidenceKey(KeyMetadata?.Arn ?? alias)
  } catch (cause) {
    const advice = 'Name a file with its public half by --public-key.'
    throw new Error(`The folder has no key ${alias} to verify catalogues with. ${advice}`, { cause })
  } finally {
    client.destroy()
  }
}

/** The public half of a key, in a PEM file. */
export function keyInFile(path: string): Pick<EvidenceKey, 'verify'> {
  const key = createPublicKey(readFileSync(path, 'utf8'))
  return { verify: async (bytes, signature) => verifyWith(key, bytes, signature) }
}

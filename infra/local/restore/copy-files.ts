import { join } from 'node:path'
import { GetObjectCommand, type GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { inventoryFiles } from '#lib/backup/inventory-files.ts'
import type { Chain } from '#lib/backup/read-chain.ts'
import type { Vault } from '#lib/backup/vault.ts'
import { startS3 } from '../engines/s3/start-s3.ts'

type Copy = {
  vault: Vault
  chain: Chain
  /** Where the source's S3 answers, and the bucket of its files, or of their copies. */
  s3Url: string
  from: string
  /** The bucket that gets them. */
  bucket: string
  /** Data folder that gets the files. */
  into: string
  region: string
}

/**
 * Copies the files that belong to a backup, each in the version that its inventory names.
 * @returns how many were copied, and those that the source no longer has.
 */
export async function copyFiles(copy: Copy): Promise<{ copied: number; missing: string[] }> {
  const target = await startS3({ dir: join(copy.into, 's3'), region: copy.region })
  target.createBucket(copy.bucket, { versioning: true })
  const from = clientOf(copy.s3Url, copy.region)
  const to = clientOf(target.url, copy.region)
  const missing: string[] = []
  let copied = 0
  try {
    for await (const { key, versionId } of inventoryFiles(copy.vault, copy.chain.newest.inventory)) {
      const object = await from
        .send(new GetObjectCommand({ Bucket: copy.from, Key: key, VersionId: versionId }))
        .catch(missingAs(undefined))
      if (object) await put(to, { bucket: copy.bucket, key, object })
      if (object) copied += 1
      else missing.push(key)
    }
  } finally {
    from.destroy()
    to.destroy()
    await target.stop()
  }
  return { copied, missing }
}

async function put(
  client: S3Client,
  { bucket, key, object }: { bucket: string; key: string; object: GetObjectCommandOutput },
): Promise<void> {
  const { Body, ContentType } = object
  if (!Body) return
  const params = { Bucket: bucket, Key: key, Body, ...(ContentType !== undefined && { ContentType }) }
  await new Upload({ client, params }).done()
}

function clientOf(endpoint: string, region: string): S3Client {
  return new S3Client({ endpoint, region, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } })
}

function missingAs(value: undefined) {
  return (error: unknown): undefined => {
    if (error instanceof Error && ['NoSuchKey', 'NoSuchVersion', 'MethodNotAllowed'].includes(error.name)) return value
    throw error
  }
}

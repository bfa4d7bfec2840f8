import { Readable } from 'node:stream'
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { openTrailBucket } from '#lib/access-log/trail-bucket.ts'
import { gzipLines } from '#lib/backup/gzip-lines.ts'
import type { Chain } from '#lib/backup/read-chain.ts'
import type { Vault } from '#lib/backup/vault.ts'
import type { Part } from './write-archive.ts'

/** The files that the newest backup of a chain lists, each in the version of then. */
export async function* fileParts(
  { vault, chain }: { vault: Vault; chain: Chain },
  bucket: string,
): AsyncGenerator<Part> {
  const { inventory } = chain.newest
  if (!inventory) return
  const client = new S3Client({ responseChecksumValidation: 'WHEN_REQUIRED' })
  let place = 0
  for await (const lines of gzipLines(await vault.read(inventory.key, inventory.versionId)))
    for (const line of lines) {
      const { key, versionId }: { key: string; versionId: string } = JSON.parse(line)
      const command = new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId })
      const { Body, ContentLength = 0, ContentType } = await client.send(command)
      if (!(Body instanceof Readable)) throw new Error(`S3 gave ${key} without a body`)
      const about = { name: nameOf('files', place++), kind: 'files', key, size: ContentLength, content: Body } as const
      yield ContentType === undefined ? about : { ...about, contentType: ContentType }
    }
  client.destroy()
}

/** Log files and digests of the access log as they lie in their bucket, with the metadata that holds a digest's signature. */
export async function* accessLogParts(bucket: string): AsyncGenerator<Part> {
  const trail = openTrailBucket(bucket)
  let place = 0
  for await (const { key } of trail.list('')) {
    const file = await trail.read(key)
    if (!file) continue
    const { bytes, metadata } = file
    const name = nameOf('access-log', place++)
    yield { name, kind: 'access-log', key, metadata: { ...metadata }, size: bytes.length, content: [bytes] }
  }
}

/** A key may be longer than what tar takes for a name: the manifest has it. */
function nameOf(folder: string, place: number): string {
  return `${folder}/${String(place).padStart(6, '0')}`
}

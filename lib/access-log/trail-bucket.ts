import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import type { StoredFile, TrailFile, TrailStore } from '#lib/access-log/trail-store.ts'
import { unavailable } from '#lib/errors.ts'
import { isOutage } from '#lib/runtime/outage.ts'

/**
 * Opens the bucket of a trail, or of its anchors; `region` where it is not the function's own. Every call throws CrmError
 * `unavailable` when S3 does not answer.
 */
export function openTrailBucket(bucket: string, region?: string): TrailStore {
  const client = new S3Client({ maxAttempts: 5, ...(region !== undefined && { region }) })
  return {
    bucket,
    list: (prefix, after) => list(client, { Bucket: bucket, Prefix: prefix }, after),
    read: key => read(client, bucket, key),
    writeNew: (key, file, contentType) => writeNew(client, bucket, { key, file, contentType }),
  }
}

async function* list(
  client: S3Client,
  where: { Bucket: string; Prefix: string },
  after: string | undefined,
): AsyncGenerator<TrailFile> {
  for (let token: string | undefined, isFirst = true; isFirst || token !== undefined; isFirst = false) {
    const from = token === undefined ? { StartAfter: after } : { ContinuationToken: token }
    const page = await client.send(new ListObjectsV2Command({ ...where, ...from })).catch(translate)
    for (const { Key = '', Size = 0, LastModified } of page.Contents ?? [])
      yield { key: Key, bytes: Size, ...(LastModified && { modifiedAt: LastModified }) }
    token = page.NextContinuationToken
  }
}

async function read(client: S3Client, Bucket: string, Key: string): Promise<StoredFile | undefined> {
  try {
    return await bytesOf(await client.send(new GetObjectCommand({ Bucket, Key })))
  } catch (error) {
    if (isNamed(error, 'NoSuchKey')) return undefined
    return translate(error)
  }
}

async function bytesOf({ Body, Metadata = {} }: GetObjectCommandOutput): Promise<StoredFile> {
  return { bytes: (await Body?.transformToByteArray()) ?? new Uint8Array(), metadata: Metadata }
}

async function writeNew(
  client: S3Client,
  Bucket: string,
  { key, file, contentType }: { key: string; file: StoredFile; contentType: string },
): Promise<boolean> {
  const command = new PutObjectCommand({
    ...{ Bucket, Key: key, Body: file.bytes, ContentLength: file.bytes.length },
    ...{ Metadata: { ...file.metadata }, ContentType: contentType, IfNoneMatch: '*' },
  })
  try {
    await client.send(command)
    return true
  } catch (error) {
    if (isNamed(error, 'PreconditionFailed')) return false
    // Another writer is at the same key at this moment, and may fail yet.
    if (isNamed(error, 'ConditionalRequestConflict'))
      throw unavailable('Another writer is at the same file. Retrying is safe.', error)
    return translate(error)
  }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name
}

function translate(error: unknown): never {
  if (isOutage(error)) throw unavailable('The store of the access log does not answer. Retrying is safe.', error)
  throw error
}

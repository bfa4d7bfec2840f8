import { Readable } from 'node:stream'
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { CrmError, unavailable } from '#lib/errors.ts'
import type { FileBody, FileInfo, Files, ListedFile, UploadTarget } from '#lib/runtime/files.ts'
import { isOutage } from '#lib/runtime/outage.ts'
import { readResuming } from '#lib/runtime/read-resuming.ts'

type UploadOptions = { contentType?: string; bytes?: number; expiresS: number }

type Bucket = { name: string; client: S3Client; signer: S3Client }

/** Opens a bucket; see `openFiles`. */
export function openBucket(name: string): Files {
  const client = new S3Client({ maxAttempts: 5 })
  // The other client signs the checksum of the body it sees, and so would bind whoever uploads to an empty one.
  const signer = new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED' })
  const bucket: Bucket = { name, client, signer }
  return {
    presignUpload: (key, options) => presignUpload(bucket, key, options),
    presignDownload: (key, options) => presignDownload(bucket, key, options),
    read: (key, range) =>
      readResuming((start, etag) => get(bucket, key, { start, end: range?.end, etag }), range?.start),
    readText: async key => (await get(bucket, key, {})).body.toArray().then(pieces => Buffer.concat(pieces).toString()),
    write: (key, body, options) => write(bucket, { key, body, contentType: options?.contentType }),
    writeNew: (key, body, options) => writeNew(bucket, { key, body, contentType: options?.contentType }),
    head: key => head(bucket, key),
    list: prefix => list(bucket, prefix),
  }
}

async function presignUpload(
  { name, signer }: Bucket,
  key: string,
  { contentType = 'application/octet-stream', bytes, expiresS }: UploadOptions,
): Promise<UploadTarget> {
  const command = new PutObjectCommand({
    Bucket: name,
    Key: key,
    ContentType: contentType,
    ...(bytes !== undefined && { ContentLength: bytes }),
  })
  // Signed headers bind whoever uploads; the SDK leaves these two unsigned unless told.
  const url = await getSignedUrl(signer, command, {
    expiresIn: expiresS,
    signableHeaders: new Set(['host', 'content-type', 'content-length']),
  })
  return { url, headers: { 'content-type': contentType } }
}

function presignDownload(
  { name, signer }: Bucket,
  key: string,
  { fileName, expiresS }: { fileName: string; expiresS: number },
): Promise<string> {
  const command = new GetObjectCommand({ Bucket: name, Key: key, ResponseContentDisposition: attachment(fileName) })
  return getSignedUrl(signer, command, { expiresIn: expiresS })
}

/** RFC 6266: the plain name for old clients, the encoded one for every script. */
function attachment(fileName: string): string {
  const plain = fileName.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_')
  const encoded = encodeURIComponent(fileName.toWellFormed()).replaceAll(/['()*]/g, percentEncoded)
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

async function get(
  { name, client }: Bucket,
  key: string,
  { start = 0, end, etag }: { start?: number; end?: number | undefined; etag?: string | undefined },
): Promise<{ body: Readable; etag: string }> {
  const isWhole = start === 0 && end === undefined
  const answer = await client
    .send(
      new GetObjectCommand({
        Bucket: name,
        Key: key,
        ...(!isWhole && { Range: `bytes=${start}-${end ?? ''}` }),
        ...(etag !== undefined && { IfMatch: etag }),
      }),
    )
    .catch((error: unknown) => (isNamed(error, 'InvalidRange') ? undefined : translate(error, key)))
  // Nothing is left after the last byte.
  if (answer === undefined) return { body: Readable.from([]), etag: etag ?? '' }
  if (!(answer.Body instanceof Readable)) throw new Error(`S3 gave ${key} without a body`)
  return { body: answer.Body, etag: answer.ETag ?? '' }
}

async function write(
  { name, client }: Bucket,
  { key, body, contentType }: { key: string; body: FileBody; contentType: string | undefined },
): Promise<void> {
  const about = { Bucket: name, Key: key, ...(contentType !== undefined && { ContentType: contentType }) }
  if (typeof body === 'string' || body instanceof Uint8Array) {
    await client
      .send(new PutObjectCommand({ ...about, Body: body, ContentLength: Buffer.byteLength(body) }))
      .catch(translate)
    return
  }
  // 8 MB a part, two on their way: 80 GB at most in 10,000 parts, 24 MB of memory.
  const params = { ...about, Body: Readable.from(body, { objectMode: false }) }
  await new Upload({ client, params, partSize: 8 * 1024 * 1024, queueSize: 2 }).done().catch(translate)
}

/** A file that another writer is making at this moment is refused as a conflict: it may fail yet, so it counts as an outage. */
async function writeNew(
  { name, client }: Bucket,
  { key, body, contentType }: { key: string; body: string | Uint8Array; contentType: string | undefined },
): Promise<boolean> {
  try {
    await client.send(
      new PutObjectCommand({
        Bucket: name,
        Key: key,
        Body: body,
        ContentLength: Buffer.byteLength(body),
        IfNoneMatch: '*',
        ...(contentType !== undefined && { ContentType: contentType }),
      }),
    )
    return true
  } catch (error) {
    if (isNamed(error, 'PreconditionFailed')) return false
    if (isNamed(error, 'ConditionalRequestConflict'))
      throw unavailable('Another writer is at the same file. Retrying is safe.', error)
    return translate(error)
  }
}

async function head({ name, client }: Bucket, key: string): Promise<FileInfo | undefined> {
  try {
    const {
      ContentLength = 0,
      ContentType,
      ETag = '',
      LastModified,
    } = await client.send(new HeadObjectCommand({ Bucket: name, Key: key }))
    return { bytes: ContentLength, contentType: ContentType, etag: ETag, modifiedAt: LastModified ?? new Date(0) }
  } catch (error) {
    if (isMissing(error)) return undefined
    return translate(error)
  }
}

async function* list({ name, client }: Bucket, prefix: string): AsyncGenerator<ListedFile> {
  for (let token: string | undefined, isFirst = true; isFirst || token !== undefined; isFirst = false) {
    const page = await client
      .send(
        new ListObjectsV2Command({
          Bucket: name,
          Prefix: prefix,
          ...(token !== undefined && { ContinuationToken: token }),
        }),
      )
      .catch(translate)
    for (const { Key = '', Size = 0, LastModified = new Date(0) } of page.Contents ?? []) {
      yield { key: Key, bytes: Size, modifiedAt: LastModified }
    }
    token = page.NextContinuationToken
  }
}

function isMissing(error: unknown): boolean {
  return isNamed(error, 'NoSuchKey') || isNamed(error, 'NotFound')
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name
}

function translate(error: unknown, key?: string): never {
  if (isMissing(error)) throw new CrmError('not_found', `There is no file ${key ?? ''}`.trim(), { cause: error })
  if (isOutage(error)) throw unavailable('The file store does not answer. Retrying is safe.', error)
  throw error
}

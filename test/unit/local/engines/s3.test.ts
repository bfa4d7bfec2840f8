import { createHash } from 'node:crypto'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import * as sdk from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuthorizer } from '#infra/local/engines/iam.ts'
import { type S3Engine, startS3 } from '#infra/local/engines/s3/start-s3.ts'
import { clientOptions, errorName, newFolder } from './support/client-options.ts'
import { presign } from './support/presign.ts'

const Bucket = 'files'
const oddKey = 'a/b c+ü&<1>.txt'

let dir: string
let s3: S3Engine
let client: sdk.S3Client

async function start() {
  s3 = await startS3({ dir })
  client = new sdk.S3Client(clientOptions(s3.url))
  s3.createBucket(Bucket, { versioning: true })
}

function put(Key: string, Body: string | Buffer | Readable, more: Partial<sdk.PutObjectCommandInput> = {}) {
  return client.send(new sdk.PutObjectCommand({ Bucket, Key, Body, ...more }))
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = []
  for await (const item of items) found.push(item)
  return found
}

function get(Key: string, more: Partial<sdk.GetObjectCommandInput> = {}) {
  return client.send(new sdk.GetObjectCommand({ Bucket, Key, ...more }))
}

async function text(Key: string, more: Partial<sdk.GetObjectCommandInput> = {}) {
  return (await get(Key, more)).Body?.transformToString()
}

async function status(promise: Promise<unknown>): Promise<number> {
  const error = await promise.catch((thrown: unknown) => thrown)
  return (error as sdk.S3ServiceException).$metadata.httpStatusCode ?? 0
}

beforeAll(async () => {
  dir = newFolder()
  await start()
})

afterAll(() => s3.stop())

describe('objects', () => {
  it('keep content, type, metadata, tags and every version, also over a restart', async () => {
    const first = await put(oddKey, 'one', { ContentType: 'text/plain', Metadata: { x: 'y' }, Tagging: 'kind=test' })
    const second = await put(oddKey, 'two')
    await s3.stop()
    await start()
    const old = await get(oddKey, { VersionId: first.VersionId })
    expect(await text(oddKey)).toBe('two')
    expect(await old.Body?.transformToString()).toBe('one')
    expect(old).toMatchObject({ ContentType: 'text/plain', Metadata: { x: 'y' }, TagCount: 1 })
    const { Versions } = await client.send(new sdk.ListObjectVersionsCommand({ Bucket, Prefix: 'a/' }))
    expect(Versions?.map(({ Key, VersionId, IsLatest }) => [Key, VersionId, IsLatest])).toEqual([
      [oddKey, second.VersionId, true],
      [oddKey, first.VersionId, false],
    ])
  })

  it('that are deleted leave a marker, whose removal brings them back', async () => {
    await put('deleted', 'content')
    const { DeleteMarker, VersionId } = await client.send(new sdk.DeleteObjectCommand({ Bucket, Key: 'deleted' }))
    const hidden = await client.send(new sdk.ListObjectsV2Command({ Bucket, Prefix: 'deleted' }))
    const { DeleteMarkers } = await client.send(new sdk.ListObjectVersionsCommand({ Bucket, Prefix: 'deleted' }))
    expect(DeleteMarker).toBe(true)
    expect(await errorName(get('deleted'))).toBe('NoSuchKey')
    expect(await status(get('deleted', { VersionId }))).toBe(405)
    expect(hidden.KeyCount).toBe(0)
    expect(DeleteMarkers).toHaveLength(1)
    await client.send(new sdk.DeleteObjectCommand({ Bucket, Key: 'deleted', VersionId }))
    expect(await text('deleted')).toBe('content')
  })

  it('without versioning are replaced and removed for good', async () => {
    s3.createBucket('plain')
    const blobs = () => readdir(join(dir, 'blobs'))
    const before = (await blobs()).length
    await client.send(new sdk.PutObjectCommand({ Bucket: 'plain', Key: 'k', Body: 'one' }))
    await client.send(new sdk.PutObjectCommand({ Bucket: 'plain', Key: 'k', Body: 'two' }))
    expect(await blobs()).toHaveLength(before + 1)
    await client.send(new sdk.DeleteObjectCommand({ Bucket: 'plain', Key: 'k' }))
    expect(await blobs()).toHaveLength(before)
    await client.send(new sdk.DeleteBucketCommand({ Bucket: 'plain' }))
    expect(await errorName(client.send(new sdk.HeadBucketCommand({ Bucket: 'plain' })))).toBe('NotFound')
  })

  it.each([
    ['bytes=1-2', 'lo', 'bytes 1-2/9'],
    ['bytes=4-', 'world', 'bytes 4-8/9'],
    ['bytes=-3', 'rld', 'bytes 6-8/9'],
    ['bytes=7-99', 'ld', 'bytes 7-8/9'],
  ])('give the range %s', async (Range, expected, contentRange) => {
    await put('range', 'alo world')
    const answer = await get('range', { Range })
    expect(answer.ContentRange).toBe(contentRange)
    expect(await answer.Body?.transformToString()).toBe(expected)
  })

  it('refuse a range beyond their end', async () => {
    await put('range', 'alo world')
    expect(await status(get('range', { Range: 'bytes=9-' }))).toBe(416)
  })

  it('are written only if the condition holds, however many try at once', async () => {
    const attempts = Array.from({ length: 8 }, () => put('once', 'x', { IfNoneMatch: '*' }))
    const outcomes = await Promise.allSettled(attempts)
    const { ETag } = await get('once')
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await status(put('once', 'y', { IfMatch: '"0"' }))).toBe(412)
    expect(await status(put('never', 'y', { IfMatch: ETag }))).toBe(404)
    expect(await errorName(put('once', 'y', { IfMatch: ETag }))).toBe('no error')
  })

  it('are read only if the condition holds', async () => {
    const { ETag } = await put('cached', 'x')
    expect(await status(get('cached', { IfNoneMatch: ETag }))).toBe(304)
    expect(await status(get('cached', { IfMatch: '"0"' }))).toBe(412)
    expect(await status(get('cached', { IfModifiedSince: new Date(Date.now() + 60_000) }))).toBe(304)
  })

  it('are copied, a version of them too', async () => {
    const { VersionId } = await put(oddKey, 'source', { Metadata: { a: '1' }, Tagging: 'k=v' })
    await put(oddKey, 'newer')
    const CopySource = `${Bucket}/${encodeURIComponent(oddKey)}?versionId=${VersionId}`
    await client.send(new sdk.CopyObjectCommand({ Bucket, Key: 'copy', CopySource }))
    expect(await text('copy')).toBe('source')
    expect(await get('copy')).toMatchObject({ Metadata: { a: '1' }, TagCount: 1 })
    const replaced = { Bucket, Key: 'copy', CopySource, MetadataDirective: 'REPLACE', Metadata: { b: '2' } } as const
    await client.send(new sdk.CopyObjectCommand(replaced))
    expect((await get('copy')).Metadata).toEqual({ b: '2' })
  })

  it('have tags and attributes', async () => {
    await put('tagged', 'x', { ChecksumAlgorithm: 'SHA256' })
    const TagSet = [{ Key: 'a&b', Value: '<1>' }]
    await client.send(new sdk.PutObjectTaggingCommand({ Bucket, Key: 'tagged', Tagging: { TagSet } }))
    const tags = () => client.send(new sdk.GetObjectTaggingCommand({ Bucket, Key: 'tagged' }))
    expect((await tags()).TagSet).toEqual(TagSet)
    await client.send(new sdk.DeleteObjectTaggingCommand({ Bucket, Key: 'tagged' }))
    expect((await tags()).TagSet).toEqual([])
    const ObjectAttributes = ['ETag', 'Checksum', 'ObjectSize'] as const
    const asked = { Bucket, Key: 'tagged', ObjectAttributes: [...ObjectAttributes] }
    const attributes = await client.send(new sdk.GetObjectAttributesCommand(asked))
    const ChecksumSHA256 = createHash('sha256').update('x').digest('base64')
    expect(attributes).toMatchObject({ ObjectSize: 1, Checksum: { ChecksumSHA256 } })
  })

  it('are deleted in batches, each with its outcome', async () => {
    await put('batch/1', 'x')
    const Objects = [{ Key: 'batch/1' }, { Key: 'batch/none' }]
    const { Deleted } = await client.send(new sdk.DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
    expect(Deleted?.map(({ Key, DeleteMarker }) => [Key, DeleteMarker])).toEqual([
      ['batch/1', true],
      ['batch/none', true],
    ])
  })
})

describe('checksums', () => {
  it.each(['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const)(
    '%s is verified, kept and given back',
    async ChecksumAlgorithm => {
      const stored = await put('sum', 'content', { ChecksumAlgorithm })
      const read = await get('sum', { ChecksumMode: 'ENABLED' })
      const name = `Checksum${ChecksumAlgorithm}` as const
      expect(read[name]).toBe(stored[name])
      expect(await read.Body?.transformToString()).toBe('content')
      const foreign = { [name]: stored[name] }
      expect(await errorName(put('sum-wrong', 'other', foreign))).toBe('BadDigest')
      expect(await errorName(get('sum-wrong'))).toBe('NoSuchKey')
    },
  )

  it('of a stream come in its trailer', async () => {
    const pieces = Array.from({ length: 50 }, (_, index) => Buffer.alloc(7_001, index))
    const whole = Buffer.concat(pieces)
    await put('stream', Readable.from(pieces), { ContentLength: whole.length })
    const read = await get('stream', { ChecksumMode: 'ENABLED' })
    expect(read.ChecksumCRC32).toBeDefined()
    const content = (await read.Body?.transformToByteArray()) ?? new Uint8Array()
    expect(whole.equals(content)).toBe(true)
  })
})

describe('multipart uploads', () => {
  const minPartBytes = 5 * 1024 * 1024

  async function upload(Key: string, bodies: Buffer[]) {
    const { UploadId } = await client.send(
      new sdk.CreateMultipartUploadCommand({ Bucket, Key, ContentType: 'text/csv', ChecksumAlgorithm: 'CRC32' }),
    )
    const Parts: sdk.CompletedPart[] = []
    for (const [index, Body] of bodies.entries()) {
      const PartNumber = index + 1
      const part = { Bucket, Key, UploadId, PartNumber, Body, ChecksumAlgorithm: 'CRC32' } as const
      const { ETag, ChecksumCRC32 } = await client.send(new sdk.UploadPartCommand(part))
      Parts.push({ PartNumber, ETag, ChecksumCRC32 })
    }
    return { UploadId, Parts }
  }

  it('join their parts', async () => {
    const bodies = [Buffer.alloc(minPartBytes, 'a'), Buffer.from('end')]
    const { UploadId, Parts } = await upload('joined', bodies)
    const listed = await client.send(new sdk.ListPartsCommand({ Bucket, Key: 'joined', UploadId }))
    const input = { Bucket, Key: 'joined', UploadId, MultipartUpload: { Parts } }
    const { ETag, ChecksumCRC32 } = await client.send(new sdk.CompleteMultipartUploadCommand(input))
    const read = await get('joined')
    expect(listed.Parts?.map(({ Size }) => Size)).toEqual([minPartBytes, 3])
    expect(ETag).toMatch(/^"[\da-f]{32}-2"$/)
    expect(ChecksumCRC32).toMatch(/-2$/)
    expect(read.ContentType).toBe('text/csv')
    const content = (await read.Body?.transformToByteArray()) ?? new Uint8Array()
    expect(Buffer.concat(bodies).equals(content)).toBe(true)
    expect(await errorName(client.send(new sdk.CompleteMultipartUploadCommand(input)))).toBe('NoSuchUpload')
  })

  it('refuse small, missing and disordered parts', async () => {
    const { UploadId, Parts } = await upload('refused', [Buffer.from('a'), Buffer.from('b')])
    const complete = (parts: sdk.CompletedPart[]) => {
      const MultipartUpload = { Parts: parts }
      const input = { Bucket, Key: 'refused', UploadId, MultipartUpload }
      return errorName(client.send(new sdk.CompleteMultipartUploadCommand(input)))
    }
    expect(await complete(Parts)).toBe('EntityTooSmall')
    expect(await complete(Parts.toReversed())).toBe('InvalidPartOrder')
    expect(await complete([{ PartNumber: 3, ETag: '"0"' }])).toBe('InvalidPart')
    const { Uploads } = await client.send(new sdk.ListMultipartUploadsCommand({ Bucket }))
    expect(Uploads?.map(({ Key }) => Key)).toEqual(['refused'])
    await client.send(new sdk.AbortMultipartUploadCommand({ Bucket, Key: 'refused', UploadId }))
    expect((await client.send(new sdk.ListMultipartUploadsCommand({ Bucket }))).Uploads).toBeUndefined()
  })
})

describe('listings', () => {
  it('fold by delimiter and page without gaps or repeats', async () => {
    const Prefix = 'list/'
    await Promise.all(Array.from({ length: 7 }, (_, index) => put(`${Prefix}${index % 3}/${index}`, 'x')))
    await put(`${Prefix}top`, 'x')
    const folded = await client.send(new sdk.ListObjectsV2Command({ Bucket, Prefix, Delimiter: '/' }))
    expect(folded.CommonPrefixes?.map(common => common.Prefix)).toEqual(['list/0/', 'list/1/', 'list/2/'])
    expect(folded.Contents?.map(({ Key }) => Key)).toEqual(['list/top'])
    const pages = sdk.paginateListObjectsV2({ client, pageSize: 2 }, { Bucket, Prefix })
    const keys = (await all(pages)).flatMap(({ Contents = [] }) => Contents.map(({ Key }) => Key))
    expect(keys).toHaveLength(8)
    expect(keys).toEqual(keys.toSorted())
    const foldedPages = sdk.paginateListObjectsV2({ client, pageSize: 1 }, { Bucket, Prefix, Delimiter: '/' })
    expect(await all(foldedPages)).toHaveLength(4)
  })

  it('of versions go on where they stopped, even when what was listed is deleted', async () => {
    const Prefix = 'versions/'
    for (const Key of ['a', 'a', 'a', 'b']) await put(Prefix + Key, 'x')
    let markers: Pick<sdk.ListObjectVersionsCommandInput, 'KeyMarker' | 'VersionIdMarker'> = {}
    let pages = 0
    do {
      const asked = { Bucket, Prefix, MaxKeys: 1, ...markers }
      const page = await client.send(new sdk.ListObjectVersionsCommand(asked))
      const Objects = (page.Versions ?? []).map(({ Key, VersionId }) => ({ Key, VersionId }))
      await client.send(new sdk.DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
      markers = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
      pages++
    } while (markers.KeyMarker !== undefined)
    expect(pages).toBe(4)
    const left = await client.send(new sdk.ListObjectVersionsCommand({ Bucket, Prefix }))
    expect(left.Versions).toBeUndefined()
  })
})

describe('object lock', () => {
  beforeAll(() => {
    s3.createBucket('locked', { objectLock: { mode: 'COMPLIANCE', days: 1 } })
  })

  const putLocked = (Key: string, more: Partial<sdk.PutObjectCommandInput> = {}) =>
    client.send(new sdk.PutObjectCommand({ Bucket: 'locked', Key, Body: 'x', ...more }))

  it('keeps a version until its time, for everybody', async () => {
    const { VersionId } = await putLocked('k')
    const remove = { Bucket: 'locked', Key: 'k', VersionId, BypassGovernanceRetention: true }
    expect(await errorName(client.send(new sdk.DeleteObjectCommand(remove)))).toBe('AccessDenied')
    const sooner = { Mode: 'COMPLIANCE', RetainUntilDate: new Date() } as const
    const shorten = { Bucket: 'locked', Key: 'k', Retention: sooner }
    expect(await errorName(client.send(new sdk.PutObjectRetentionCommand(shorten)))).toBe('AccessDenied')
    const { DeleteMarker } = await client.send(new sdk.DeleteObjectCommand({ Bucket: 'locked', Key: 'k' }))
    expect(DeleteMarker).toBe(true)
  })

  it('under governance yields to who may bypass it; a legal hold does not', async () => {
    const ObjectLockRetainUntilDate = new Date(Date.now() + 86_400_000)
    const { VersionId } = await putLocked('g', { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate })
    const version = { Bucket: 'locked', Key: 'g', VersionId }
    const remove = (BypassGovernanceRetention: boolean) =>
      errorName(client.send(new sdk.DeleteObjectCommand({ ...version, BypassGovernanceRetention })))
    const hold = (Status: 'ON' | 'OFF') =>
      client.send(new sdk.PutObjectLegalHoldCommand({ ...version, LegalHold: { Status } }))
    const { Retention } = await client.send(new sdk.GetObjectRetentionCommand(version))
    expect(Retention).toEqual({ Mode: 'GOVERNANCE', RetainUntilDate: ObjectLockRetainUntilDate })
    expect(await remove(false)).toBe('AccessDenied')
    await hold('ON')
    expect(await remove(true)).toBe('AccessDenied')
    await hold('OFF')
    expect(await remove(true)).toBe('no error')
  })
})

describe('buckets', () => {
  it('keep their configuration documents', async () => {
    const Rules = [{ ID: 'r', Status: 'Enabled', Filter: { Prefix: 'tmp/' }, Expiration: { Days: 1 } }] as const
    const LifecycleConfiguration = { Rules: [...Rules] }
    const before = client.send(new sdk.GetBucketLifecycleConfigurationCommand({ Bucket }))
    expect(await errorName(before)).toBe('NoSuchLifecycleConfiguration')
    await client.send(new sdk.PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }))
    const after = await client.send(new sdk.GetBucketLifecycleConfigurationCommand({ Bucket }))
    expect(after.Rules).toEqual(Rules)
  })

  it('are made once, listed, and refused when they are missing or not empty', async () => {
    const again = client.send(new sdk.CreateBucketCommand({ Bucket }))
    const { Buckets } = await client.send(new sdk.ListBucketsCommand({}))
    expect(await errorName(again)).toBe('BucketAlreadyOwnedByYou')
    expect(Buckets?.map(({ Name }) => Name)).toContain(Bucket)
    expect(await errorName(client.send(new sdk.DeleteBucketCommand({ Bucket })))).toBe('BucketNotEmpty')
    const missing = client.send(new sdk.PutObjectCommand({ Bucket: 'missing', Key: 'k', Body: 'x' }))
    expect(await errorName(missing)).toBe('NoSuchBucket')
    expect((await client.send(new sdk.GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled')
  })

  it('let browsers of allowed origins in', async () => {
    const cors = [{ allowedOrigins: ['https://*.example.com'], allowedMethods: ['PUT'], exposedHeaders: ['ETag'] }]
    s3.createBucket(Bucket, { cors })
    const preflight = (origin: string) => {
      const headers = { origin, 'access-control-request-method': 'PUT' }
      return fetch(`${s3.url}/${Bucket}/k`, { method: 'OPTIONS', headers })
    }
    const allowed = await preflight('https://crm.example.com')
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://crm.example.com')
    expect((await preflight('https://example.org')).status).toBe(403)
  })

  it('lose what a killed process left half-written', async () => {
    await writeFile(join(dir, 'blobs', 'orphan'), 'half')
    await s3.stop()
    await start()
    expect(await readdir(join(dir, 'blobs'))).not.toContain('orphan')
    expect(await text('once')).toBe('y')
  })
})

describe('callers', () => {
  const url = (key: string) => `${s3.url}/${Bucket}/${key}`

  it('must sign, with the right secret and a right clock', async () => {
    const stranger = new sdk.S3Client(clientOptions(s3.url, 'local', 'wrong'))
    const late = new sdk.S3Client({ ...clientOptions(s3.url), systemClockOffset: -3_600_000 })
    const head = new sdk.GetObjectCommand({ Bucket, Key: 'once' })
    expect(await errorName(stranger.send(head))).toBe('SignatureDoesNotMatch')
    expect(await errorName(late.send(head))).toBe('RequestTimeTooSkewed')
    expect((await fetch(url('once'))).status).toBe(403)
  })

  it('may use a presigned URL as it is and until it expires', async () => {
    const uploaded = await fetch(presign('PUT', url('presigned')), { method: 'PUT', body: 'hello' })
    const disposition = { 'response-content-disposition': 'attachment; filename="x.txt"' }
    const signed = presign('GET', url('presigned'), { query: disposition })
    const downloaded = await fetch(signed)
    const expired = presign('GET', url('presigned'), { at: new Date(Date.now() - 61_000) })
    expect(uploaded.status).toBe(200)
    expect(await downloaded.text()).toBe('hello')
    expect(downloaded.headers.get('content-disposition')).toBe('attachment; filename="x.txt"')
    expect((await fetch(signed, { method: 'DELETE' })).status).toBe(403)
    expect((await fetch(signed.replace('presigned', 'once'))).status).toBe(403)
    expect((await fetch(presign('GET', url('presigned'), { secret: 'wrong' }))).status).toBe(403)
    expect(await (await fetch(expired)).text()).toContain('Request has expired')
  })

  it('need the action on the object, the key that encrypts it, and ListBucket to learn what is missing', async () => {
    const key = 'arn:aws:kms:eu-central-1:000000000000:key/k1'
    const write = {
      Effect: 'Allow' as const,
      Action: ['s3:PutObject', 's3:GetObject'],
      Resource: 'arn:aws:s3:::secret/in/*',
    }
    const useKey = { Effect: 'Allow' as const, Action: 'kms:*', Resource: key }
    const authorize = createAuthorizer({ Keyed: [{ Statement: [write, useKey] }], Keyless: [{ Statement: write }] })
    const guarded = await startS3({ dir: newFolder(), authorize })
    guarded.createBucket('secret', { kmsKeyArn: key })
    const keyed = new sdk.S3Client(clientOptions(guarded.url, 'Keyed'))
    const keyless = new sdk.S3Client(clientOptions(guarded.url, 'Keyless'))
    const putIn = (Key: string) => new sdk.PutObjectCommand({ Bucket: 'secret', Key, Body: 'x' })
    const getIn = (Key: string) => new sdk.GetObjectCommand({ Bucket: 'secret', Key })
    expect(await keyed.send(putIn('in/1'))).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key })
    expect(await errorName(keyed.send(putIn('out/1')))).toBe('AccessDenied')
    expect(await errorName(keyed.send(getIn('in/1')))).toBe('no error')
    expect(await errorName(keyless.send(getIn('in/1')))).toBe('AccessDenied')
    expect(await errorName(keyless.send(putIn('in/2')))).toBe('AccessDenied')
    expect(await errorName(keyed.send(getIn('in/missing')))).toBe('AccessDenied')
    await guarded.stop()
  })
})

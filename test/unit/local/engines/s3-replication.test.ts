import { join } from 'node:path'
import * as sdk from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { openDatabase } from '#infra/local/engines/database.ts'
import { type S3Engine, startS3 } from '#infra/local/engines/s3/start-s3.ts'
import { clientOptions, errorName, newFolder } from './support/client-options.ts'

const role = 'arn:aws:iam::000000000000:role/replication'
const key = 'arn:aws:kms:eu-central-1:000000000000:key/here'
const copyKey = 'arn:aws:kms:eu-west-1:000000000000:key/there'
const [from, to] = ['vault', 'vault-copy']

let dir: string
let s3: S3Engine
let client: sdk.S3Client
/** What the role of the replication is refused. */
let refused: string[] = []

const rule = { prefix: '', bucket: to, kmsKeyArn: copyKey, withKms: true, withDeleteMarkers: false }

async function start() {
  s3 = await startS3({
    dir,
    authorize: (principal, action) => principal !== role || !refused.includes(action),
  })
  client = new sdk.S3Client(clientOptions(s3.url))
  s3.createBucket(to, { kmsKeyArn: copyKey, objectLock: { mode: 'GOVERNANCE', days: 2 } })
  s3.createBucket(from, {
    kmsKeyArn: key,
    objectLock: { mode: 'GOVERNANCE', days: 1 },
    replication: { role, rules: [rule] },
  })
}

beforeAll(async () => {
  dir = newFolder()
  await start()
})
afterAll(() => s3.stop())

const put = (Key: string, Body: string | Buffer, more: Partial<sdk.PutObjectCommandInput> = {}, Bucket = from) =>
  client.send(new sdk.PutObjectCommand({ Bucket, Key, Body, ...more }))
const get = (Bucket: string, Key: string, VersionId?: string) =>
  client.send(new sdk.GetObjectCommand({ Bucket, Key, VersionId }))
const head = (Bucket: string, Key: string, VersionId?: string) =>
  client.send(new sdk.HeadObjectCommand({ Bucket, Key, VersionId }))
const remove = (Bucket: string, Key: string, more: Partial<sdk.DeleteObjectCommandInput> = {}) =>
  client.send(new sdk.DeleteObjectCommand({ Bucket, Key, ...more }))
const versionsOf = async (Bucket: string, Prefix: string) => {
  const { Versions = [], DeleteMarkers = [] } = await client.send(new sdk.ListObjectVersionsCommand({ Bucket, Prefix }))
  return { versions: Versions.map(({ VersionId }) => VersionId), markers: DeleteMarkers.length }
}
const copied = () => expect.poll(() => s3.isIdle(), { timeout: 10_000, interval: 5 }).toBe(true)

describe('a version written to a replicated bucket', () => {
  it('is copied with its id, content, metadata and tags, under the key of the copy, and both say so', async () => {
    const { VersionId } = await put('a/b.json', 'content', { Metadata: { x: 'y' }, Tagging: 'kind=test' })
    await copied()
    const [source, copy] = [await head(from, 'a/b.json'), await get(to, 'a/b.json')]
    expect(source).toMatchObject({ VersionId, ReplicationStatus: 'COMPLETED', SSEKMSKeyId: key })
    expect(copy).toMatchObject({
      VersionId,
      ReplicationStatus: 'REPLICA',
      ETag: source.ETag,
      LastModified: source.LastModified,
      ContentLength: 7,
      Metadata: { x: 'y' },
      TagCount: 1,
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: copyKey,
    })
    expect(await copy.Body?.transformToString()).toBe('content')
  })

  it('is copied version by version, in order, also when it came in parts', async () => {
    const first = await put('parts', 'one')
    const { UploadId } = await client.send(new sdk.CreateMultipartUploadCommand({ Bucket: from, Key: 'parts' }))
    const about = { Bucket: from, Key: 'parts', UploadId }
    const part = await client.send(new sdk.UploadPartCommand({ ...about, PartNumber: 1, Body: 'two' }))
    const Parts = [{ PartNumber: 1, ETag: part.ETag }]
    const second = await client.send(new sdk.CompleteMultipartUploadCommand({ ...about, MultipartUpload: { Parts } }))
    await copied()
    expect((await versionsOf(to, 'parts')).versions).toEqual([second.VersionId, first.VersionId])
    expect(await (await get(to, 'parts')).Body?.transformToString()).toBe('two')
  })

  it('stays in the copy when it is deleted, by a marker or for good', async () => {
    const { VersionId } = await put('deleted', 'kept')
    await copied()
    await remove(from, 'deleted')
    await remove(from, 'deleted', { VersionId, BypassGovernanceRetention: true })
    await copied()
    expect(await versionsOf(from, 'deleted')).toEqual({ versions: [], markers: 1 })
    expect(await versionsOf(to, 'deleted')).toEqual({ versions: [VersionId], markers: 0 })
  })

  it('keeps its lock in the copy: its own, which neither owner nor replication lifts early', async () => {
    const until = new Date(Date.now() + 5 * 86_400_000)
    const lock = { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: until } as const
    const own = await put('locked', 'own', lock)
    await copied()
    const [source, copy] = [await head(from, 'locked'), await head(to, 'locked')]
    expect(copy).toMatchObject({
      ObjectLockMode: 'COMPLIANCE',
      ObjectLockRetainUntilDate: source.ObjectLockRetainUntilDate,
    })
    const bypass = { VersionId: own.VersionId, BypassGovernanceRetention: true }
    expect(await errorName(remove(to, 'locked', bypass))).toBe('AccessDenied')
    expect(await errorName(remove(from, 'locked', bypass))).toBe('AccessDenied')
  })

  it('by default is locked as its bucket says, on deletion of the version', async () => {
    const { VersionId } = await put('default', 'content')
    await copied()
    for (const Bucket of [from, to]) {
      expect(await head(Bucket, 'default')).toMatchObject({ ObjectLockMode: 'GOVERNANCE' })
      expect(await errorName(remove(Bucket, 'default', { VersionId }))).toBe('AccessDenied')
    }
  })
})

describe('what a rule leaves out', () => {
  it('is not copied and says nothing of replication', async () => {
    s3.createBucket('partly', {
      versioning: true,
      replication: { role, rules: [{ ...rule, prefix: 'in/', withKms: false }] },
    })
    await put('in/plain', 'x', {}, 'partly')
    await put('in/kms', 'x', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key }, 'partly')
    await put('out/plain', 'x', {}, 'partly')
    await copied()
    expect((await head('partly', 'in/plain')).ReplicationStatus).toBe('COMPLETED')
    expect((await head('partly', 'in/kms')).ReplicationStatus).toBeUndefined()
    expect((await head('partly', 'out/plain')).ReplicationStatus).toBeUndefined()
    expect((await versionsOf(to, 'out/')).versions).toEqual([])
  })

  it('delete markers, where they are to be copied, are', async () => {
    s3.createBucket('whole', { versioning: true, replication: { role, rules: [{ ...rule, withDeleteMarkers: true }] } })
    await put('marked', 'x', {}, 'whole')
    await remove('whole', 'marked')
    await copied()
    expect((await versionsOf(to, 'marked')).markers).toBe(1)
  })
})

describe('a copy', () => {
  it.each(['s3:GetObjectVersionForReplication', 's3:ReplicateObject', 'kms:Decrypt', 'kms:Encrypt'])(
    'fails where the role of the replication may not do %s',
    async action => {
      refused = [action]
      await put(`refused/${action}`, 'x')
      await copied()
      refused = []
      expect((await head(from, `refused/${action}`)).ReplicationStatus).toBe('FAILED')
      expect(await errorName(head(to, `refused/${action}`))).toBe('NotFound')
    },
  )

  it('fails when there is no bucket to copy to', async () => {
    s3.createBucket('lost', { versioning: true, replication: { role, rules: [{ ...rule, bucket: 'nowhere' }] } })
    await put('x', 'x', {}, 'lost')
    await copied()
    expect((await head('lost', 'x')).ReplicationStatus).toBe('FAILED')
  })

  it('that the end of the process came before is made after the next start', async () => {
    const large = Buffer.alloc(200_000, 'x')
    const writing = Array.from({ length: 60 }, (_, i) => put(`many/${i}`, large))
    await Promise.all(writing)
    await s3.stop()
    const index = openDatabase(join(dir, 'index.db'), '')
    const { pending = 0 } =
      index
        .select(
          z.object({ pending: z.number() }),
          "SELECT COUNT(*) AS pending FROM replication WHERE status = 'PENDING'",
        )
        .one() ?? {}
    index.close()
    expect(pending).toBeGreaterThan(0)
    await start()
    expect((await head(from, 'many/59')).ReplicationStatus).toBe('PENDING')
    s3.resumeReplication()
    await copied()
    expect((await versionsOf(to, 'many/')).versions.toSorted()).toEqual(
      (await versionsOf(from, 'many/')).versions.toSorted(),
    )
    expect((await head(from, 'many/59')).ReplicationStatus).toBe('COMPLETED')
    expect((await get(to, 'many/59')).ContentLength).toBe(large.length)
  })
})

describe('the configuration', () => {
  it('is told as S3 does', async () => {
    const { ReplicationConfiguration } = await client.send(new sdk.GetBucketReplicationCommand({ Bucket: from }))
    expect(ReplicationConfiguration).toMatchObject({
      Role: role,
      Rules: [
        {
          Status: 'Enabled',
          Filter: { Prefix: '' },
          DeleteMarkerReplication: { Status: 'Disabled' },
          SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
          Destination: { Bucket: `arn:aws:s3:::${to}`, EncryptionConfiguration: { ReplicaKmsKeyID: copyKey } },
        },
      ],
    })
    expect(await errorName(client.send(new sdk.GetBucketReplicationCommand({ Bucket: to })))).toBe(
      'ReplicationConfigurationNotFoundError',
    )
  })
})

import { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { CrmError, unavailable } from '#lib/errors.ts'
import { isOutage } from '#lib/runtime/outage.ts'

/** One version of an object of the vault. */
export type VaultVersion = {
  key: string
  versionId: string
  bytes: number
  modifiedAt: Date
  isLatest: boolean
  /** A delete marker hides the object; it has no bytes. */
  isMarker: boolean
}

/** What is known of an object without reading it. */
export type VaultHead = { versionId: string; bytes: number; etag: string; replication: string | undefined }

/** An object that is being read. */
export type VaultObject = { body: Readable; bytes: number; contentType: string | undefined }

/**
 * A versioned, locked bucket that backups are kept in. Every call throws CrmError `unavailable` when S3 does not answer; reading
 * what is not there throws `not_found`.
 */
export type Vault = {
  name: string
  /** Current versions whose key begins so, in the order of their keys. */
  list(prefix: string): AsyncIterable<{ key: string; bytes: number; modifiedAt: Date }>
  /** All versions and delete markers whose key begins so, the newest of a key first. */
  listVersions(prefix: string): AsyncIterable<VaultVersion>
  /** The current version, or the one asked for; undefined where there is none or a marker hides it. */
  head(key: string, versionId?: string): Promise<VaultHead | undefined>
  read(key: string, versionId?: string): Promise<Readable>
  /** The same, with what is known of it. */
  open(key: string, versionId?: string): Promise<VaultObject>
  readText(key: string, versionId?: string): Promise<string>
  /** Returns the id of the version it made. */
  write(key: string, body: string | Uint8Array, contentType: string): Promise<string>
  /** Deletes one version for good; false where a lock still holds it. */
  deleteVersion(key: string, versionId: string): Promise<boolean>
}

/** Opens a vault by the name of its bucket; `region` where it is not the function's own. */
export function openVault(name: string, region?: string): Vault {
  // What is read is checked against signed sums, which say which file is wrong; S3's own check would only say that one is.
  const responseChecksumValidation = 'WHEN_REQUIRED'
  const client = new S3Client({ maxAttempts: 5, responseChecksumValidation, ...(region !== undefined && { region }) })
  const Bucket = name
  const version = (versionId: string | undefined) => (versionId === undefined ? {} : { VersionId: versionId })
  const open = async (key: string, versionId?: string): Promise<VaultObject> => {
    const command = new GetObjectCommand({ Bucket, Key: key, ...version(versionId) })
    const answer = await client.send(command).catch((error: unknown) => translate(error, key))
    const { Body: body, ContentLength: bytes = 0, ContentType: contentType } = answer
    if (!(body instanceof Readable)) throw new Error(`S3 gave ${key} without a body`)
    return { body, bytes, contentType }
  }
  const read = async (key: string, versionId?: string) => (await open(key, versionId)).body
  return {
    name,
    list: prefix => list(client, Bucket, prefix),
    listVersions: prefix => listVersions(client, Bucket, prefix),
    head: async (key, versionId) => {
      try {
        const answer = await client.send(new HeadObjectCommand({ Bucket, Key: key, ...version(versionId) }))
        const { VersionId = '', ContentLength = 0, ETag = '', ReplicationStatus } = answer
        return { versionId: VersionId, bytes: ContentLength, etag: ETag, replication: ReplicationStatus }
      } catch (error) {
        if (isMissing(error)) return undefined
        return translate(error, key)
      }
    },
    read,
    open,
    readText: async (key, versionId) => Buffer.concat(await (await read(key, versionId)).toArray()).toString(),
    write: async (key, body, contentType) => {
      const ContentLength = Buffer.byteLength(body)
      const command = new PutObjectCommand({ Bucket, Key: key, Body: body, ContentLength, ContentType: contentType })
      const { VersionId = '' } = await client.send(command).catch((error: unknown) => translate(error, key))
      return VersionId
    },
    deleteVersion: async (key, versionId) => {
      try {
        await client.send(new DeleteObjectCommand({ Bucket, Key: key, VersionId: versionId }))
        return true
      } catch (error) {
        if (isNamed(error, 'AccessDenied')) return false
        return translate(error, key)
      }
    },
  }
}

async function* list(client: S3Client, Bucket: string, Prefix: string): ReturnType<Vault['list']> {
  for (let token: string | undefined, isFirst = true; isFirst || token !== undefined; isFirst = false) {
    const from = token === undefined ? {} : { ContinuationToken: token }
    const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix, ...from })).catch(translate)
    for (const { Key = '', Size = 0, LastModified = new Date(0) } of page.Contents ?? []) {
      yield { key: Key, bytes: Size, modifiedAt: LastModified }
    }
    token = page.NextContinuationToken
  }
}

async function* listVersions(client: S3Client, Bucket: string, Prefix: string): AsyncGenerator<VaultVersion> {
  let from: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {}
  while (from) {
    const command: ListObjectVersionsCommand = new ListObjectVersionsCommand({ Bucket, Prefix, ...from })
    const page = await client.send(command).catch(translate)
    const versions = [
      ...(page.Versions ?? []).map(entry => ({ ...entry, isMarker: false })),
      ...(page.DeleteMarkers ?? []).map(entry => ({ ...entry, Size: 0, isMarker: true })),
    ].map(
      ({
        Key = '',
        VersionId = '',
        Size = 0,
        LastModified = new Date(0),
        IsLatest = false,
        isMarker,
      }): VaultVersion => ({
        ...{ key: Key, versionId: VersionId, bytes: Size },
        ...{ modifiedAt: LastModified, isLatest: IsLatest, isMarker },
      }),
    )
    yield* versions.toSorted(byKeyThenNewest)
    const { NextKeyMarker, NextVersionIdMarker } = page
    from =
      page.IsTruncated && NextKeyMarker !== undefined
        ? { KeyMarker: NextKeyMarker, ...(NextVersionIdMarker && { VersionIdMarker: NextVersionIdMarker }) }
        : undefined
  }
}

function byKeyThenNewest(a: VaultVersion, b: VaultVersion): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1
  if (a.isLatest !== b.isLatest) return a.isLatest ? -1 : 1
  return b.modifiedAt.getTime() - a.modifiedAt.getTime()
}

function isMissing(error: unknown): boolean {
  return ['NoSuchKey', 'NoSuchVersion', 'NotFound', 'MethodNotAllowed'].some(name => isNamed(error, name))
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name
}

function translate(error: unknown, key?: string): never {
  if (isMissing(error)) throw new CrmError('not_found', `There is no file ${key ?? ''}`.trim(), { cause: error })
  if (isOutage(error)) throw unavailable('The backup store does not answer. Retrying is safe.', error)
  throw error
}

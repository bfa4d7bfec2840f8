import { randomBytes } from 'node:crypto'
import { type Bucket, requireBucket } from './bucket-store.ts'
import { newLock } from './object-lock.ts'
import { ruleFor } from './replication-rules.ts'
import type { S3 } from './s3.ts'
import type { S3Call } from './s3-call.ts'
import { notFound, preconditionFailed } from './s3-errors.ts'
import type { NewVersion, Version } from './version-store.ts'

/** Content that is stored and waits to become a version of the request's object. */
export type Content = Omit<NewVersion, 'isMarker' | 'lock' | 'blob'> & { blob: string }

/** Makes stored content the newest version, if the request's conditions hold; else its blob is removed again. */
export async function commitVersion(call: S3Call, content: Content): Promise<Record<string, string>> {
  const { s3, request } = call
  try {
    const { replaced, headers } = s3.transaction(() => {
      const bucket = requireBucket(s3.buckets, request.bucket)
      assertConditions(s3.versions.current(request.bucket, request.key), request.headers)
      const lock = newLock(request.headers, bucket, s3.now())
      return addVersion(s3, bucket, request.key, { ...content, isMarker: false, lock })
    })
    await removeBlob(s3, replaced)
    return headers
  } catch (error) {
    await s3.blobs.remove(content.blob)
    throw error
  }
}

/** Adds a version or delete marker; without versioning it replaces the one that has no id (`null`). */
export function addVersion(
  s3: S3,
  bucket: Bucket,
  key: string,
  version: NewVersion,
): { replaced: Version | undefined; headers: Record<string, string> } {
  const id = bucket.versioning === 'Enabled' ? newVersionId(s3.now()) : 'null'
  const replaced = id === 'null' ? s3.versions.byId(bucket.name, key, id) : undefined
  if (replaced !== undefined) s3.versions.delete(replaced.seq)
  s3.versions.add({ bucket: bucket.name, key, id, modifiedAt: new Date(s3.now()).toISOString() }, version)
  if (ruleFor(bucket, key, version) !== undefined) markPending(s3, bucket.name, key, id)
  return { replaced, headers: bucket.versioning === null ? {} : { 'x-amz-version-id': id } }
}

function markPending(s3: S3, bucket: string, key: string, id: string): void {
  const added = s3.versions.byId(bucket, key, id)
  if (added !== undefined) s3.replication.set(added.seq, bucket, 'PENDING')
  s3.onPending()
}

/** Removes the content of a version that no longer exists. */
export async function removeBlob(s3: S3, version: Version | undefined): Promise<void> {
  if (version === undefined || version.blob === null) return
  if (s3.versions.withBlob(version.blob) === undefined) await s3.blobs.remove(version.blob)
}

function assertConditions(current: Version | undefined, headers: Record<string, string>): void {
  const { 'if-none-match': ifNoneMatch, 'if-match': ifMatch } = headers
  const existing = current?.isMarker === false ? current : undefined
  if (ifNoneMatch === '*' && existing !== undefined) throw preconditionFailed()
  if (ifMatch === undefined) return
  if (existing === undefined) throw notFound('NoSuchKey', 'The specified key does not exist.')
  if (ifMatch.replaceAll('"', '') !== existing.etag) throw preconditionFailed()
}

function newVersionId(nowMs: number): string {
  return nowMs.toString(36) + randomBytes(10).toString('hex')
}

import type { EngineSettings } from '../engine.ts'
import { requireBucket } from './bucket-store.ts'
import { newLock } from './object-lock.ts'
import { type ReplicationRule, replicationOf, ruleFor } from './replication-rules.ts'
import type { S3 } from './s3.ts'
import { s3Arn } from './s3-call.ts'
import type { NewVersion, Version } from './version-store.ts'

/** Copies versions to other buckets, one after another, in the order in which they were written. */
export type Replicator = {
  /** Begins to copy what is pending, unless it is at it. */
  wake(): void
  isIdle(): boolean
  /** Ends after the copy that is being made; the others are taken up at the next start. */
  stop(): Promise<void>
}

const keyHeader = 'x-amz-server-side-encryption-aws-kms-key-id'
const encryptionHeader = 'x-amz-server-side-encryption'

/** Makes the replicator of an S3; it copies nothing before it is woken. */
export function createReplicator(s3: S3, { authorize }: EngineSettings): Replicator {
  let isStopping = false
  let running: Promise<void> | undefined
  const run = async () => {
    for (
      let next = s3.replication.nextPending();
      next !== undefined && !isStopping;
      next = s3.replication.nextPending()
    ) {
      const isCopied = await copyNext({ s3, authorize }, next).catch(error => {
        console.error(error)
        return false
      })
      if (s3.versions.bySeq(next.seq) === undefined) s3.replication.forget(next.seq)
      else s3.replication.set(next.seq, next.bucket, isCopied ? 'COMPLETED' : 'FAILED')
    }
    running = undefined
  }
  return {
    wake: () => {
      if (!isStopping) running ??= new Promise(setImmediate).then(run)
    },
    isIdle: () => running === undefined,
    stop: async () => {
      isStopping = true
      await running
    },
  }
}

type Parts = { s3: S3; authorize: EngineSettings['authorize'] }

/** Copies a version; answers false where the role of the replication, or a missing bucket, does not let it. */
async function copyNext(
  { s3, authorize }: Parts,
  { seq, bucket: from }: { seq: number; bucket: string },
): Promise<boolean> {
  const version = s3.versions.bySeq(seq)
  const source = s3.buckets.find(from)
  const replication = source && replicationOf(source)
  const rule = source && version && ruleFor(source, version.key, version)
  if (!(version && replication && rule)) return false
  const target = s3.buckets.find(rule.bucket)
  if (target?.versioning !== 'Enabled') return false
  const headers = replicaHeaders(version, rule)
  const mayCopy = neededFor({ from, version, rule, headers }).every(([action, resource]) =>
    authorize(replication.role, action, resource),
  )
  if (!mayCopy) return false
  // One that a kill interrupted right after this is there already.
  if (s3.versions.byId(rule.bucket, version.key, version.id) !== undefined) return true
  const blob = version.blob === null ? null : await s3.blobs.copy(version.blob)
  addReplica(s3, rule.bucket, { ...version, blob, headers })
  return true
}

function addReplica(
  s3: S3,
  bucketName: string,
  version: NewVersion & Pick<Version, 'key' | 'id' | 'modifiedAt'>,
): void {
  const { key, id, modifiedAt } = version
  s3.transaction(() => {
    const bucket = requireBucket(s3.buckets, bucketName)
    // A lock of the source's own goes with it; the copy's bucket locks what has none.
    const lock = version.lock.mode === undefined ? { ...newLock({}, bucket, s3.now()), ...version.lock } : version.lock
    s3.versions.add({ bucket: bucketName, key, id, modifiedAt }, { ...version, lock })
    const seq = s3.versions.byId(bucketName, key, id)?.seq
    if (seq !== undefined) s3.replication.set(seq, bucketName, 'REPLICA')
  })
}

/** A copy is encrypted with the key of its own region. */
function replicaHeaders({ headers }: Version, { kmsKeyArn }: ReplicationRule): Record<string, string> {
  const isKms = headers[encryptionHeader] === 'aws:kms'
  return isKms && kmsKeyArn !== undefined ? { ...headers, [keyHeader]: kmsKeyArn } : headers
}

/** What the role of the replication must be allowed. */
function neededFor(copy: {
  from: string
  version: Version
  rule: ReplicationRule
  headers: Record<string, string>
}): [action: string, resource: string][] {
  const { from, version, rule, headers } = copy
  const [sourceKey, targetKey] = [version.headers[keyHeader], headers[keyHeader]]
  return [
    ['s3:GetObjectVersionForReplication', s3Arn(from, version.key)],
    [version.isMarker ? 's3:ReplicateDelete' : 's3:ReplicateObject', s3Arn(rule.bucket, version.key)],
    ...(version.tags.length > 0
      ? [['s3:ReplicateTags', s3Arn(rule.bucket, version.key)] satisfies [string, string]]
      : []),
    ...(sourceKey ? [['kms:Decrypt', sourceKey] satisfies [string, string]] : []),
    ...(targetKey ? [['kms:Encrypt', targetKey] satisfies [string, string]] : []),
  ]
}

import { join } from 'node:path'
import { type Database, openDatabase } from '../database.ts'
import type { EngineSettings } from '../engine.ts'
import { type Blobs, openBlobs } from './blobs.ts'
import { type BucketStore, bucketSchema, openBucketStore } from './bucket-store.ts'
import { openReplicationStore, type ReplicationStore, replicationSchema } from './replication-store.ts'
import { openUploadStore, type UploadStore, uploadSchema } from './upload-store.ts'
import { openVersionStore, type VersionStore, versionSchema } from './version-store.ts'

/** What every S3 operation works on. */
export type S3 = {
  buckets: BucketStore
  versions: VersionStore
  uploads: UploadStore
  replication: ReplicationStore
  blobs: Blobs
  now: () => number
  /** Called when a version waits to be copied. */
  onPending: () => void
  transaction: Database['transaction']
  close: () => void
}

/** Opens the buckets kept in the engine's folder and clears away what a killed process left half-written. */
export function openS3(settings: EngineSettings): S3 {
  const database = openDatabase(
    join(settings.dir, 'index.db'),
    bucketSchema + versionSchema + uploadSchema + replicationSchema,
  )
  const versions = openVersionStore(database)
  const uploads = openUploadStore(database)
  const blobs = openBlobs(join(settings.dir, 'blobs'))
  blobs.sweep(id => versions.withBlob(id) !== undefined || uploads.withBlob(id) !== undefined)
  return {
    buckets: openBucketStore(database),
    versions,
    uploads,
    replication: openReplicationStore(database),
    blobs,
    now: settings.now,
    onPending: () => {},
    transaction: database.transaction,
    close: database.close,
  }
}

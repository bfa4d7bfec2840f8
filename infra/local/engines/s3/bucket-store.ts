import * as z from 'zod'
import { type Database, jsonColumn } from '../database.ts'
import { notFound } from './s3-errors.ts'

export const bucketSchema =
  'CREATE TABLE IF NOT EXISTS bucket (name TEXT PRIMARY KEY, createdAt TEXT, versioning TEXT, config TEXT);'

const bucketRow = z.object({
  name: z.string(),
  createdAt: z.string(),
  /** Null until versioning is first enabled; it can then only be suspended. */
  versioning: z.enum(['Enabled', 'Suspended']).nullable(),
  /** Configuration documents (lifecycle, cors, encryption ...) as they were put. */
  config: jsonColumn(z.record(z.string(), z.string())),
})

/** A bucket without its objects. */
export type Bucket = z.infer<typeof bucketRow>

/** Buckets on disk. */
export type BucketStore = ReturnType<typeof openBucketStore>

/** Prepares every statement on buckets. */
export function openBucketStore(database: Database) {
  const setConfig = database.change('UPDATE bucket SET config = ? WHERE name = ?')
  return {
    find: database.select(bucketRow, 'SELECT * FROM bucket WHERE name = ?').one,
    all: database.select(bucketRow, 'SELECT * FROM bucket ORDER BY name').all,
    add: database.change("INSERT INTO bucket VALUES (?, ?, NULL, '{}')"),
    setVersioning: database.change('UPDATE bucket SET versioning = ? WHERE name = ?'),
    setConfig: (bucket: Bucket, name: string, document: string | undefined): void => {
      const { [name]: _, ...others } = bucket.config
      setConfig(JSON.stringify(document === undefined ? others : { ...others, [name]: document }), bucket.name)
    },
    delete: database.change('DELETE FROM bucket WHERE name = ?'),
  }
}

/** Finds a bucket or throws NoSuchBucket. */
export function requireBucket(buckets: BucketStore, name: string): Bucket {
  const bucket = buckets.find(name)
  if (bucket === undefined) throw notFound('NoSuchBucket', `The specified bucket does not exist: ${name}`)
  return bucket
}

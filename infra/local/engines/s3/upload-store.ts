import * as z from 'zod'
import { type Database, jsonColumn } from '../database.ts'
import { notFound } from './s3-errors.ts'

export const uploadSchema = `
CREATE TABLE IF NOT EXISTS upload (id TEXT PRIMARY KEY, bucket TEXT, key TEXT, headers TEXT, createdAt TEXT);
CREATE TABLE IF NOT EXISTS part (upload TEXT, number INTEGER, blob TEXT, size INTEGER, etag TEXT, checksums TEXT,
  modifiedAt TEXT, PRIMARY KEY (upload, number));
CREATE INDEX IF NOT EXISTS partByBlob ON part (blob);`

const texts = z.record(z.string(), z.string())
const uploadRow = z.object({
  id: z.string(),
  bucket: z.string(),
  key: z.string(),
  /** Headers of the request that began the upload; they become the object's. */
  headers: jsonColumn(texts),
  createdAt: z.string(),
})
const partRow = z.object({
  number: z.number(),
  blob: z.string(),
  size: z.number(),
  etag: z.string(),
  checksums: jsonColumn(texts),
  modifiedAt: z.string(),
})

/** A multipart upload that is not complete yet. */
export type Upload = z.infer<typeof uploadRow>

/** An uploaded part. */
export type Part = z.infer<typeof partRow>

/** Multipart uploads on disk. */
export type UploadStore = ReturnType<typeof openUploadStore>

/** Prepares every statement on multipart uploads. */
export function openUploadStore(database: Database) {
  const deleteUpload = database.change('DELETE FROM upload WHERE id = ?')
  const deleteParts = database.change('DELETE FROM part WHERE upload = ?')
  return {
    add: database.change('INSERT INTO upload VALUES (?, ?, ?, ?, ?)'),
    find: database.select(uploadRow, 'SELECT * FROM upload WHERE id = ? AND bucket = ? AND key = ?').one,
    allIn: database.select(uploadRow, 'SELECT * FROM upload WHERE bucket = ? ORDER BY key, createdAt').all,
    putPart: database.change('INSERT OR REPLACE INTO part VALUES (?, ?, ?, ?, ?, ?, ?)'),
    part: database.select(partRow, 'SELECT * FROM part WHERE upload = ? AND number = ?').one,
    parts: database.select(partRow, 'SELECT * FROM part WHERE upload = ? ORDER BY number').all,
    withBlob: database.select(z.object({ blob: z.string() }), 'SELECT blob FROM part WHERE blob = ?').one,
    delete: (id: string): void => {
      deleteParts(id)
      deleteUpload(id)
    },
  }
}

/** Finds an upload or throws NoSuchUpload. */
export function requireUpload(uploads: UploadStore, id: string, bucket: string, key: string): Upload {
  const upload = uploads.find(id, bucket, key)
  if (upload === undefined) throw notFound('NoSuchUpload', 'The specified upload does not exist.')
  return upload
}

import * as z from 'zod'
import { booleanColumn, type Database, jsonColumn } from '../database.ts'

export const versionSchema = `
CREATE TABLE IF NOT EXISTS version (seq INTEGER PRIMARY KEY AUTOINCREMENT, bucket TEXT, key TEXT, id TEXT, isMarker INTEGER,
  blob TEXT, size INTEGER, etag TEXT, modifiedAt TEXT, headers TEXT, checksums TEXT, tags TEXT, lock TEXT);
CREATE INDEX IF NOT EXISTS versionByKey ON version (bucket, key, seq DESC);
CREATE INDEX IF NOT EXISTS versionByBlob ON version (blob);`

const texts = z.record(z.string(), z.string())
const tagSet = z.array(z.object({ key: z.string(), value: z.string() }))
const lock = z.object({
  mode: z.enum(['GOVERNANCE', 'COMPLIANCE']).optional(),
  until: z.string().optional(),
  isHeld: z.boolean().optional(),
})

const versionRow = z.object({
  seq: z.number(),
  key: z.string(),
  id: z.string(),
  isMarker: booleanColumn,
  blob: z.string().nullable(),
  size: z.number(),
  etag: z.string(),
  modifiedAt: z.string(),
  headers: jsonColumn(texts),
  checksums: jsonColumn(texts),
  tags: jsonColumn(tagSet),
  lock: jsonColumn(lock),
})
const listedVersionRow = versionRow.extend({ isLatest: booleanColumn })
const blobRow = z.object({ blob: z.string() })

/** What a version's owner says beside its content. */
export type Tag = z.infer<typeof tagSet>[number]

/** Retention and legal hold of a version. */
export type Lock = z.infer<typeof lock>

/** One version of an object, or a delete marker. */
export type Version = z.infer<typeof versionRow>

/** A version and whether it is the newest of its key. */
export type ListedVersion = z.infer<typeof listedVersionRow>

/** A version to be written. */
export type NewVersion = Pick<
  Version,
  'isMarker' | 'blob' | 'size' | 'etag' | 'headers' | 'checksums' | 'tags' | 'lock'
>

/** Versions on disk. */
export type VersionStore = ReturnType<typeof openVersionStore>

/** Prepares every statement on versions. */
export function openVersionStore(database: Database) {
  const insert = database.change(
    `INSERT INTO version (bucket, key, id, isMarker, blob, size, etag, modifiedAt, headers, checksums, tags, lock)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const newest =
    '(SELECT max(seq) FROM version AS other WHERE other.bucket = version.bucket AND other.key = version.key)'
  return {
    add: (place: { bucket: string; key: string; id: string; modifiedAt: string }, version: NewVersion): void => {
      const { isMarker, blob, size, etag, headers, checksums, tags, lock } = version
      const documents = [headers, checksums, tags, lock].map(document => JSON.stringify(document))
      const { bucket, key, id, modifiedAt } = place
      insert(bucket, key, id, isMarker ? 1 : 0, blob, size, etag, modifiedAt, ...documents)
    },
    current: database.select(versionRow, 'SELECT * FROM version WHERE bucket = ? AND key = ? ORDER BY seq DESC LIMIT 1')
      .one,
    byId: database.select(versionRow, 'SELECT * FROM version WHERE bucket = ? AND key = ? AND id = ?').one,
    bySeq: database.select(versionRow, 'SELECT * FROM version WHERE seq = ?').one,
    anyIn: database.select(versionRow, 'SELECT * FROM version WHERE bucket = ? LIMIT 1').one,
    delete: database.change('DELETE FROM version WHERE seq = ?'),
    setTags: database.change('UPDATE version SET tags = ? WHERE seq = ?'),
    setLock: database.change('UPDATE version SET lock = ? WHERE seq = ?'),
    withBlob: database.select(blobRow, 'SELECT blob FROM version WHERE blob = ?').one,
    /** Objects of a bucket by key: after a key, from a key, below a key. */
    listCurrent: database.select(
      versionRow,
      `SELECT * FROM version WHERE bucket = ? AND key > ? AND key >= ? AND key < ? AND seq = ${newest} AND isMarker = 0
       ORDER BY key`,
    ).each,
    /** All versions by key, newest first: after a key or, within it, after a sequence number; from a key; below a key. */
    listAll: database.select(
      listedVersionRow,
      `SELECT *, seq = ${newest} AS isLatest FROM version
       WHERE bucket = ? AND (key > ? OR (key = ? AND seq < ?)) AND key >= ? AND key < ? ORDER BY key, seq DESC`,
    ).each,
  }
}

import * as z from 'zod'
import { openDatabase } from '../engines/database.ts'

/** What the engine's stream table needs from outside, done on its SQLite file while it runs. */
export type Sidecar = {
  /** Drops a few of a table's stream rows older than a day, never its newest one. Returns how many. */
  trim(table: string, nowMs?: number): number
  close(): void
}

/** DynamoDB keeps stream records for 24 hours. */
const retentionS = 24 * 60 * 60

/** Rows deleted at a time, so that the engine never waits long for the file. */
const trimRows = 500

/**
 * The engine asks for a table's highest sequence number at each write: without this index it scans all stream rows
 * (100 writes a second instead of 700). Made once, right after the first table exists.
 */
const sequenceIndex =
  'CREATE INDEX IF NOT EXISTS evergreen_sequence ON _stream_records(table_name, CAST(sequence_number AS INTEGER))'

/** Opens the engine's file beside it and makes the index. */
export function openSidecar(file: string): Sidecar {
  const database = openDatabase(file, `PRAGMA busy_timeout = 2000; ${sequenceIndex}`)
  const newest = database.select(
    z.object({ id: z.number() }),
    'SELECT id FROM _stream_records WHERE +table_name = ? ORDER BY id DESC LIMIT 1',
  )
  const remove = database.change(
    `DELETE FROM _stream_records WHERE id IN (
       SELECT id FROM _stream_records WHERE id < ? AND +table_name = ? AND created_at < ? ORDER BY id LIMIT ${trimRows})`,
  )
  return {
    trim: (table, nowMs = Date.now()) => {
      // The newest row stays: the engine numbers on from it, and would start again at 1 without it.
      const keep = newest.one(table)?.id
      return keep === undefined ? 0 : remove(keep, table, Math.floor(nowMs / 1000) - retentionS)
    },
    close: () => database.close(),
  }
}

import * as z from 'zod'
import { type Database, jsonColumn, openDatabase } from '../engines/database.ts'
import { indexScans } from './scan-index.ts'
import type { TableDefinition } from './tables.ts'

/** What the engine does not do by itself, done on its SQLite file while it runs. */
export type Sidecar = {
  /** Drops a few of a table's stream rows that are too old, never its newest one. Returns how many. */
  trim(table: string, nowMs?: number): number
  /** Makes the index by which segments of a table are scanned. */
  indexScans(table: string): void
  /** Up to 100 items of a table whose time to live is over. */
  expired(table: TableDefinition, nowMs: number): Item[]
  close(): void
}

/** An item as the engine's API writes it. */
type Item = z.infer<typeof item>

const item = z.record(z.string(), z.unknown())

/**
 * 36 hours, where DynamoDB keeps stream records for 24: here they also are what tables are told as of a time by, and a daily
 * backup asks for what changed since the one before, a little more than a day ago.
 */
export const streamRetentionMs = 36 * 60 * 60 * 1000

/** Rows deleted at a time, so that the engine never waits long for the file. */
const trimRows = 500

const expiredRows = 100

/**
 * The engine asks for a table's highest sequence number at each write: without this index it scans all stream rows
 * (100 writes a second instead of 700). Made once, right after the first table exists.
 */
const sequenceIndex =
  'CREATE INDEX IF NOT EXISTS evergreen_sequence ON _stream_records(table_name, CAST(sequence_number AS INTEGER))'

/** Opens the engine's file beside it and makes the index. */
export function openSidecar(file: string): Sidecar {
  const database = openDatabase(file, `PRAGMA busy_timeout = 2000; ${sequenceIndex}`)
  const time = z.object({ created_at: z.number() })
  const oldest = database.select(
    time,
    'SELECT created_at FROM _stream_records WHERE +table_name = ? ORDER BY id LIMIT 1',
  )
  const newest = database.select(
    z.object({ id: z.number() }),
    'SELECT id FROM _stream_records WHERE +table_name = ? ORDER BY id DESC LIMIT 1',
  )
  const remove = database.change(
    `DELETE FROM _stream_records WHERE id IN (
       SELECT id FROM _stream_records WHERE id < ? AND +table_name = ? AND created_at < ? ORDER BY id LIMIT ${trimRows})`,
  )
  const finders = new Map<string, (nowS: number) => Item[]>()
  return {
    trim: (table, nowMs = Date.now()) => {
      const until = Math.floor((nowMs - streamRetentionMs) / 1000)
      // Rows are in order of time: nothing is looked through while the oldest is not yet due.
      if ((oldest.one(table)?.created_at ?? until) >= until) return 0
      // The newest row stays: the engine numbers on from it, and would start again at 1 without it.
      const keep = newest.one(table)?.id
      return keep === undefined ? 0 : remove(keep, table, until)
    },
    indexScans: table => indexScans(database, table),
    expired: (table, nowMs) => {
      const attribute = table.TimeToLiveSpecification?.Enabled ? table.TimeToLiveSpecification.AttributeName : undefined
      if (attribute === undefined) return []
      const find = finders.get(table.name) ?? createFinder(database, table.name, attribute)
      finders.set(table.name, find)
      return find(Math.floor(nowMs / 1000))
    },
    close: () => database.close(),
  }
}

/**
 * Finds expired items by an index over the few items that have a time to live. Asking the engine's API means scanning
 * the whole table, and the engine answers nobody else meanwhile: with 42,000 customers writes waited for half a minute.
 */
function createFinder(database: Database, table: string, attribute: string): (nowS: number) => Item[] {
  const value = `json_extract(item_json, ${quoted(`$."${attribute}".N`, "'")})`
  const from = quoted(table, '"')
  database.change(
    `CREATE INDEX IF NOT EXISTS ${quoted(`evergreen_ttl_${table}`, '"')}
       ON ${from}(CAST(${value} AS INTEGER)) WHERE ${value} IS NOT NULL`,
  )()
  const find = database.select(
    z.object({ item_json: jsonColumn(item) }),
    `SELECT item_json FROM ${from} WHERE ${value} IS NOT NULL AND CAST(${value} AS INTEGER) <= ? LIMIT ${expiredRows}`,
  )
  return nowS => find.all(nowS).map(row => row.item_json)
}

function quoted(name: string, mark: '"' | "'"): string {
  return mark + name.replaceAll(mark, mark + mark) + mark
}

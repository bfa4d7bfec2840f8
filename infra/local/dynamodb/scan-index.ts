import type { Database } from '../engines/database.ts'
import { sqlName } from './transfers/sql-names.ts'

/**
 * Makes the index by which segments of a table are scanned. The engine scans a segment in the order of a hash that it has no
 * index for: each page would sort the whole table. A drill reads all of a table so, live and restored. It makes a write 6%
 * dearer, and helps pages with a `Limit` only: without one the engine reads all that is left.
 */
export function indexScans(engine: Database, table: string): void {
  const index = sqlName(`evergreen_scan_${table}`)
  engine.change(`CREATE INDEX IF NOT EXISTS ${index} ON ${sqlName(table)}(hash_prefix, pk, sk)`)()
}

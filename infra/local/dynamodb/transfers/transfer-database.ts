import { join } from 'node:path'
import { type Database, openDatabase } from '../../engines/database.ts'

/** Opens what is kept of exports and imports, beside the engine's file in `directory`. */
export function openTransferDatabase(directory: string): Database {
  return openDatabase(
    join(directory, 'transfers.db'),
    `CREATE TABLE IF NOT EXISTS moment (atMs INTEGER PRIMARY KEY, quietMs INTEGER, position INTEGER);
     CREATE TABLE IF NOT EXISTS transfer (arn TEXT PRIMARY KEY, kind TEXT, tableArn TEXT, token TEXT, status TEXT,
       startedAtMs INTEGER, endedAtMs INTEGER, request TEXT, plan TEXT, result TEXT);`,
  )
}

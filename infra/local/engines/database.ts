import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import type { SQLInputValue } from 'node:sqlite'
import * as z from 'zod'

/** A SQLite file in WAL mode: whatever a call has written survives kill -9. */
export type Database = {
  /** Prepares a query whose rows are checked against `row`. */
  select<Row>(row: z.ZodType<Row>, sql: string): Query<Row>
  /** Prepares a statement that answers how many rows it changed. */
  change(sql: string): (...values: SQLInputValue[]) => number
  /** Runs `work` wholly or not at all; nests. */
  transaction<Result>(work: () => Result): Result
  /** All that is read from now on is the file as it is at this moment, until the returned function is called. */
  hold(): () => void
  close(): void
}

/** A prepared query. */
type Query<Row> = {
  one(...values: SQLInputValue[]): Row | undefined
  all(...values: SQLInputValue[]): Row[]
  each(...values: SQLInputValue[]): IterableIterator<Row>
}

/** Opens, or makes, the file that only its owner can read (it may hold keys) and brings it to `schema`. */
export function openDatabase(path: string, schema: string): Database {
  mkdirSync(dirname(path), { recursive: true })
  closeSync(openSync(path, 'a', 0o600))
  const sqlite = new (loadSqlite().DatabaseSync)(path)
  // NORMAL: a commit needs no fsync, so a killed process loses nothing; only a power cut may lose the newest commits.
  sqlite.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; ${schema}`)
  return {
    select: (row, sql) => {
      const statement = sqlite.prepare(sql)
      return {
        one: (...values) => {
          const found = statement.get(...values)
          return found === undefined ? undefined : row.parse(found)
        },
        all: (...values) => statement.all(...values).map(found => row.parse(found)),
        each: (...values) => statement.iterate(...values).map(found => row.parse(found)),
      }
    },
    change: sql => {
      const statement = sqlite.prepare(sql)
      return (...values) => Number(statement.run(...values).changes)
    },
    transaction: work => {
      if (sqlite.isTransaction) return work()
      sqlite.exec('BEGIN IMMEDIATE')
      try {
        const result = work()
        sqlite.exec('COMMIT')
        return result
      } catch (error) {
        sqlite.exec('ROLLBACK')
        throw error
      }
    },
    hold: () => {
      // A transaction begins to hold the file with the first thing that it reads.
      sqlite.exec('BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1')
      return () => sqlite.exec('ROLLBACK')
    },
    close: () => {
      if (sqlite.isOpen) sqlite.close()
    },
  }
}

/** A text column that holds JSON of the given shape. */
export function jsonColumn<Value>(shape: z.ZodType<Value>) {
  return z.string().transform(text => shape.parse(JSON.parse(text)))
}

/** A column that holds 0 or 1. */
export const booleanColumn = z.number().transform(value => value === 1)

/** node:sqlite without the warning that it is experimental, which would greet every start. */
function loadSqlite() {
  const emitWarning = process.emitWarning
  process.emitWarning = () => undefined
  try {
    return process.getBuiltinModule('node:sqlite')
  } finally {
    process.emitWarning = emitWarning
  }
}

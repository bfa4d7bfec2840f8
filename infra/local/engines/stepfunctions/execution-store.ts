import { join } from 'node:path'
import * as z from 'zod'
import { openDatabase } from '../database.ts'

const schema = `
CREATE TABLE IF NOT EXISTS execution (arn TEXT PRIMARY KEY, machineArn TEXT, name TEXT, status TEXT, input TEXT, output TEXT,
  error TEXT, cause TEXT, startedAt INTEGER, endedAt INTEGER);
CREATE INDEX IF NOT EXISTS executionByMachine ON execution (machineArn, startedAt);
CREATE TABLE IF NOT EXISTS event (arn TEXT, id INTEGER, at INTEGER, event TEXT, PRIMARY KEY (arn, id)) WITHOUT ROWID;`

const statuses = z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'])

/** Where an execution is. */
export type ExecutionStatus = z.infer<typeof statuses>

const executionRow = z.object({
  arn: z.string(),
  machineArn: z.string(),
  name: z.string(),
  status: statuses,
  input: z.string(),
  output: z.string().nullable(),
  error: z.string().nullable(),
  cause: z.string().nullable(),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
})

/** An execution as it is kept. */
export type Execution = z.infer<typeof executionRow>

const eventRow = z.object({ id: z.number(), at: z.number(), event: z.string() })

/** Executions and their histories on disk. */
export type ExecutionStore = ReturnType<typeof openExecutionStore>

/** Opens the executions kept in a folder. */
export function openExecutionStore(dir: string) {
  const database = openDatabase(join(dir, 'executions.db'), schema)
  const removeOldEvents = database.change(
    'DELETE FROM event WHERE arn IN (SELECT arn FROM execution WHERE endedAt < ?)',
  )
  const removeOld = database.change('DELETE FROM execution WHERE endedAt < ?')
  return {
    close: database.close,
    transaction: database.transaction,
    byArn: database.select(executionRow, 'SELECT * FROM execution WHERE arn = ?').one,
    running: database.select(executionRow, "SELECT * FROM execution WHERE status = 'RUNNING' ORDER BY startedAt").all,
    /** Newest first; `status` of '%' is any. */
    ofMachine: database.select(
      executionRow,
      'SELECT * FROM execution WHERE machineArn = ? AND status LIKE ? ORDER BY startedAt DESC, arn LIMIT ? OFFSET ?',
    ).all,
    add: database.change("INSERT INTO execution VALUES (?, ?, ?, 'RUNNING', ?, NULL, NULL, NULL, ?, NULL)"),
    /** Only what runs can end. */
    end: database.change(
      "UPDATE execution SET status = ?, output = ?, error = ?, cause = ?, endedAt = ? WHERE arn = ? AND status = 'RUNNING'",
    ),
    addEvent: database.change('INSERT INTO event VALUES (?, ?, ?, ?)'),
    removeEvents: database.change('DELETE FROM event WHERE arn = ?'),
    /** Forgets what ended before a time, in milliseconds since 1970. */
    forget: (before: number) =>
      database.transaction(() => {
        removeOldEvents(before)
        removeOld(before)
      }),
    events: database.select(eventRow, 'SELECT id, at, event FROM event WHERE arn = ? ORDER BY id LIMIT ? OFFSET ?').all,
    eventsReversed: database.select(
      eventRow,
      'SELECT id, at, event FROM event WHERE arn = ? ORDER BY id DESC LIMIT ? OFFSET ?',
    ).all,
  }
}

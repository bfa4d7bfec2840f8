import * as z from 'zod'
import { openDatabase } from '../engines/database.ts'
import { beginning, type StreamReader, type StreamRecord, type StreamRecordHead } from './stream-reader.ts'

/** Stream readers over the local engine's own file. */
export type SqliteStreams = { readerOf(table: string): StreamReader; close(): void }

/** Rows looked at in one read. */
const pageRows = 1000

/**
 * 20 ms: how often the file is asked whether anyone has committed. SQLite answers from shared memory in microseconds, so
 * waiting costs next to nothing and an event is noticed at once.
 */
const wakeIntervalMs = 20

const json = z.string().transform((text): unknown => JSON.parse(text))

const headRow = z.object({ id: z.number(), event_name: z.string(), keys_json: json })

const recordRow = headRow.extend({
  new_image: json.nullable(),
  old_image: json.nullable(),
  sequence_number: z.string(),
  created_at: z.number(),
})

/** Opens the engine's file for reading its stream rows, whose ids only ever grow. */
export function openSqliteStreams(file: string): SqliteStreams {
  const database = openDatabase(file, 'PRAGMA query_only = ON')
  const version = database.select(z.object({ data_version: z.number() }), 'PRAGMA data_version')
  const listeners = new Set<() => void>()
  let seen = version.one()?.data_version
  const timer = setInterval(() => {
    const current = version.one()?.data_version
    if (current === seen) return
    seen = current
    for (const listener of listeners) listener()
  }, wakeIntervalMs)
  return {
    readerOf: table => ({
      ...createReads(database, table),
      onChange: callback => {
        listeners.add(callback)
        return () => void listeners.delete(callback)
      },
    }),
    close: () => {
      clearInterval(timer)
      database.close()
    },
  }
}

function createReads(database: ReturnType<typeof openDatabase>, table: string): Pick<StreamReader, 'read' | 'newest'> {
  const heads = database.select(
    headRow,
    // `+` keeps SQLite from going by the table's name, which would sort all its rows for each page.
    `SELECT id, event_name, keys_json FROM _stream_records WHERE id > ? AND +table_name = ? ORDER BY id LIMIT ${pageRows}`,
  )
  const whole = database.select(
    recordRow,
    `SELECT id, event_name, keys_json, new_image, old_image, sequence_number, created_at FROM _stream_records WHERE id = ?`,
  )
  const last = database.select(
    z.object({ id: z.number() }),
    'SELECT id FROM _stream_records WHERE +table_name = ? ORDER BY id DESC LIMIT 1',
  )
  return {
    read: async (after, isWanted) => {
      const page = heads.all(Number(after), table)
      const wanted = page.filter(row => isWanted(headOf(row))).flatMap(({ id }) => whole.one(id) ?? [])
      const position = String(page.at(-1)?.id ?? after)
      return { records: wanted.map(recordOf), position, isEnd: page.length < pageRows }
    },
    newest: async () => String(last.one(table)?.id ?? beginning),
  }
}

function headOf(row: z.infer<typeof headRow>): StreamRecordHead {
  return { eventName: row.event_name, keys: row.keys_json }
}

function recordOf(row: z.infer<typeof recordRow>): StreamRecord {
  return {
    ...headOf(row),
    position: String(row.id),
    newImage: row.new_image ?? undefined,
    oldImage: row.old_image ?? undefined,
    sequenceNumber: row.sequence_number.padStart(21, '0'),
    createdAtS: row.created_at,
  }
}

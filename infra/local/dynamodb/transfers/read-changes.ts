import * as z from 'zod'
import type { Database } from '../../engines/database.ts'
import type { Lines } from './read-items.ts'
import { sqlKeyValue } from './sql-names.ts'
import type { StoredTable } from './stored-table.ts'

/** The part of the stream that an incremental export covers: rows after `after`, up to and including `upTo`. */
export type Window = { after: number; upTo: number; isNewOnly: boolean }

/** How many rows of the stream lie in a window, of whatever table. */
export function countChanges({ after, upTo }: Window): number {
  return upTo - after
}

const changeRow = z.object({
  lastId: z.number(),
  writtenAtS: z.number(),
  keys: z.string(),
  newImage: z.string().nullable(),
  oldImage: z.string().nullable(),
})

/**
 * What became of each item that was changed in a window, as lines of an incremental export: one for each, with its state
 * before the window and at its end. One that came and went within it leaves no line, as on AWS.
 */
export function* readChanges(
  engine: Database,
  table: StoredTable,
  { window, linesAtOnce }: { window: Window; linesAtOnce: number },
): Generator<Lines> {
  engine.change('CREATE TEMP TABLE touched (firstId INTEGER, lastId INTEGER PRIMARY KEY)')()
  engine.change(
    `INSERT INTO touched SELECT MIN(id), MAX(id) FROM _stream_records
       WHERE id > ? AND id <= ? AND +table_name = ? GROUP BY ${table.keys.map(key => sqlKeyValue('keys_json', key)).join()}`,
  )(window.after, window.upTo, table.name)
  const page = engine.select(
    changeRow,
    `SELECT lastId, last.created_at AS writtenAtS, last.keys_json AS keys, last.new_image AS newImage, first.old_image AS oldImage
       FROM touched JOIN _stream_records AS first ON first.id = firstId JOIN _stream_records AS last ON last.id = lastId
       WHERE lastId > ? ORDER BY lastId LIMIT ${linesAtOnce}`,
  )
  for (let after: number | undefined = 0; after !== undefined; ) {
    const rows: z.infer<typeof changeRow>[] = page.all(after)
    const changes = rows.filter(({ newImage, oldImage }) => newImage !== null || oldImage !== null)
    const lines = changes.map(change => lineOf(change, window.isNewOnly))
    if (lines.length > 0) yield { count: lines.length, bytes: Buffer.from(lines.join('\n')) }
    after = rows.at(-1)?.lastId
  }
  engine.change('DROP TABLE touched')()
}

/** Images are JSON already. The engine notes the second of a write. */
function lineOf({ writtenAtS, keys, newImage, oldImage }: z.infer<typeof changeRow>, isNewOnly: boolean): string {
  const parts = [`"Metadata":{"WriteTimestampMicros":{"N":"${writtenAtS}000000"}}`, `"Keys":${keys}`]
  if (oldImage !== null && !isNewOnly) parts.push(`"OldImage":${oldImage}`)
  if (newImage !== null) parts.push(`"NewImage":${newImage}`)
  return `{${parts.join()}}`
}

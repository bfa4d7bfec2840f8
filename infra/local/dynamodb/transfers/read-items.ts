import * as z from 'zod'
import type { Database } from '../../engines/database.ts'
import { sqlKeyValue, sqlName } from './sql-names.ts'
import type { KeyAttribute, StoredTable } from './stored-table.ts'

/** Some lines with line feeds between them. */
export type Lines = { count: number; bytes: Uint8Array }

/** Which state is read, and how many lines are made in one go. */
type State = { position: number; linesAtOnce: number }

const linesRow = z.object({
  count: z.number(),
  last: z.number().nullable(),
  lines: z.instanceof(Uint8Array).nullable(),
})

/** How many items the table has, about. */
export function countItems(engine: Database, { name }: StoredTable): number {
  const count = engine.select(z.object({ count: z.number() }), `SELECT COUNT(*) AS count FROM ${sqlName(name)}`)
  return count.one()?.count ?? 0
}

/**
 * The items of a table as they were when the stream's row `position` was its last, as lines of an export: today's items
 * but for those that were changed since, and these as the first change since found them. The caller holds the file, so
 * that both are of one moment. Nothing is held in memory but the lines handed out: what was changed is in a temporary table.
 */
export function* readItems(engine: Database, table: StoredTable, { position, linesAtOnce }: State): Generator<Lines> {
  const [first, second] = table.keys
  engine.change('CREATE TEMP TABLE changed (first, second, id INTEGER, PRIMARY KEY (first, second)) WITHOUT ROWID')()
  engine.change(
    `INSERT INTO changed SELECT ${keyOf('keys_json', first)}, ${keyOf('keys_json', second)}, MIN(id)
       FROM _stream_records WHERE id > ? AND +table_name = ? GROUP BY 1, 2`,
  )(position, table.name)
  engine.change('CREATE INDEX temp.changedById ON changed(id)')()
  const unchanged = `SELECT rowid AS id, item_json AS item FROM ${sqlName(table.name)} WHERE rowid > ?
     AND NOT EXISTS (SELECT 1 FROM changed WHERE first = ${columnOf(first)} AND second = ${columnOf(second)})`
  const before = `SELECT changed.id AS id, old_image AS item FROM changed
     JOIN _stream_records ON _stream_records.id = changed.id WHERE changed.id > ? AND old_image IS NOT NULL`
  yield* readLines(engine, unchanged, linesAtOnce)
  yield* readLines(engine, before, linesAtOnce)
  engine.change('DROP TABLE changed')()
}

function* readLines(engine: Database, rows: string, linesAtOnce: number): Generator<Lines> {
  const page = engine.select(
    linesRow,
    `SELECT COUNT(*) AS count, MAX(id) AS last, CAST(group_concat('{"Item":' || item || '}', char(10)) AS BLOB) AS lines
       FROM (${rows} ORDER BY 1 LIMIT ${linesAtOnce})`,
  )
  for (let after: number | null = 0; after !== null; ) {
    const found = page.one(after)
    after = found?.last ?? null
    if (found?.lines) yield { count: found.count, bytes: found.lines }
  }
}

/** A table without a range key has an empty second part. */
function keyOf(column: string, key: KeyAttribute | undefined): string {
  return key === undefined ? "''" : sqlKeyValue(column, key)
}

/** Texts are read from the key's own column, which is far quicker; there they stand behind their type, as `S:text`. */
function columnOf(key: KeyAttribute | undefined): string {
  if (key === undefined) return "''"
  return key.type === 'S' ? `substr(${key.column}, 3)` : sqlKeyValue('item_json', key)
}

import { createRowMaker, type ItemRow } from '#infra/local/dynamodb/transfers/item-row.ts'
import { createRowWriter } from '#infra/local/dynamodb/transfers/row-writer.ts'
import { readStoredTable } from '#infra/local/dynamodb/transfers/stored-table.ts'
import { openDatabase } from '#infra/local/engines/database.ts'
import { membersToDynamoDbJson } from './dynamodb-json.ts'

const rowsAtOnce = 1000

type Target = { file: string; table: string; onProgress(count: number): void }

/** Writes items straight into the engine's file, as it would store them, past the stream; answers how many and how large. */
export function loadItems(
  items: Iterable<Record<string, unknown>>,
  { file, table, onProgress }: Target,
): { items: number; bytes: number } {
  const database = openDatabase(file, 'PRAGMA busy_timeout = 10000; PRAGMA cache_size = -64000')
  const stored = readStoredTable(database, table)
  if (stored === undefined) throw new Error('The table is not there')
  const toRow = createRowMaker(stored)
  const write = createRowWriter(database, stored)
  const loaded = { items: 0, bytes: 0 }
  let rows: ItemRow[] = []
  const flush = () => {
    const [twice] = write(rows)
    if (twice) throw new Error(`Two items have the key ${twice.pk} ${twice.sk}`)
    loaded.items += rows.length
    rows = []
    onProgress(loaded.items)
  }
  for (const item of items) {
    const json = membersToDynamoDbJson(item)
    const row = toRow(json, JSON.stringify(json))
    if (!row) throw new Error(`The engine would not store this item as it is: ${JSON.stringify(item)}`)
    loaded.bytes += row.size
    rows.push(row)
    if (rows.length === rowsAtOnce) flush()
  }
  flush()
  database.close()
  return loaded
}

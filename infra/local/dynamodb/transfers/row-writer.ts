import type { Database } from '../../engines/database.ts'
import type { ItemRow } from './item-row.ts'
import { sqlName } from './sql-names.ts'
import type { StoredTable } from './stored-table.ts'

/** Prepares the writing of rows of a table: writes those whose key is not there yet, and answers the others. */
export function createRowWriter(engine: Database, table: StoredTable): (rows: readonly ItemRow[]) => ItemRow[] {
  const insert = engine.change(
    `INSERT OR IGNORE INTO ${sqlName(table.name)} (pk, sk, item_json, item_size, hash_prefix) VALUES (?, ?, ?, ?, ?)`,
  )
  const insertInto = new Map(
    table.indexes.map(({ name }) => [
      name,
      engine.change(
        `INSERT INTO ${sqlName(`${table.name}::gsi::${name}`)} (gsi_pk, gsi_sk, table_pk, table_sk, item_json)
         VALUES (?, ?, ?, ?, ?)`,
      ),
    ]),
  )
  const write = ({ pk, sk, json, size, hashPrefix, indexes }: ItemRow) => {
    if (insert(pk, sk, json, size, hashPrefix) === 0) return false
    for (const index of indexes) insertInto.get(index.name)?.(index.pk, index.sk, pk, sk, json)
    return true
  }
  // One transaction holds up the engine's own writes, so what can be done before it is.
  return rows => engine.transaction(() => rows.filter(row => !write(row)))
}

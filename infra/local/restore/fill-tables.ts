import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { rebuildSearchIndex } from '#lib/search/rebuild-index.ts'
import { createStore, openTable } from '#lib/store/table.ts'
import { standardObjects } from '#schemas/registry.ts'
import { findDynoxide } from '../dynamodb/binary.ts'
import { createDynamoDbClient } from '../dynamodb/client.ts'
import { startDynamoDbProcess } from '../dynamodb/process.ts'
import { ensureTables, type TableDefinition } from '../dynamodb/tables.ts'
import { loadTable } from './load-table.ts'
import { setEnvironment } from './set-environment.ts'
import { writeLines } from './write-lines.ts'

/** A data folder that is being made, and the tables it is to have. */
export type NewTables = { folder: string; tables: readonly TableDefinition[]; listShards: number }

/**
 * Makes the table of records of the lines of a full export.
 * @returns how many items it has.
 */
export async function loadRecords({ folder, tables }: NewTables, lines: AsyncIterable<string>): Promise<number> {
  const table = tables.find(({ logicalId }) => logicalId.startsWith('Records'))
  if (!table) throw new Error('The template has no table of records.')
  const source = join(folder, 'export')
  const items = await writeLines(lines, join(source, table.name, 'data'))
  await loadTable({ source, directory: join(folder, 'dynamodb'), table })
  rmSync(source, { recursive: true, force: true })
  return items
}

/**
 * Makes the tables that no backup has, and writes the search index from the records.
 * @returns how many records are in it.
 */
export async function buildIndex({ folder, tables, listShards }: NewTables): Promise<number> {
  const directory = join(folder, 'dynamodb')
  const engine = await startDynamoDbProcess({ binary: findDynoxide(), directory, log: () => undefined })
  // The engine takes any region and credentials; the SDK wants some.
  const environment = setEnvironment({
    AWS_ENDPOINT_URL_DYNAMODB: engine.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  })
  try {
    await ensureTables(createDynamoDbClient(engine.url), tables)
    const named = (start: string) => tables.find(({ logicalId }) => logicalId.startsWith(start))?.name ?? start
    const [records, search] = [openTable(named('Records')), openTable(named('Search'))]
    const stores = { store: createStore(records), searchStore: createStore(search), objects: standardObjects }
    const done = await rebuildSearchIndex(stores, { listShards, report: () => undefined })
    records.client.destroy()
    search.client.destroy()
    return done.records
  } finally {
    environment.undo()
    await engine.stop()
  }
}

import { consumeRecords } from '#functions/edge/consumer.ts'
import { systemClock } from '#lib/runtime/clock.ts'
import { required } from '#lib/runtime/env.ts'
import { updateSearchIndex } from '#lib/search/update-index.ts'
import { createStore, openTable, type Table } from '#lib/store/table.ts'
import { standardObjects } from '#schemas/registry.ts'

let tables: { records: Table; search: Table } | undefined

/** Keeps the search index in step with changed records. */
export const handler = consumeRecords(ids => {
  tables ??= { records: openTable(required('TABLE_NAME')), search: openTable(required('SEARCH_TABLE_NAME')) }
  const stores = { store: createStore(tables.records), searchStore: createStore(tables.search) }
  return updateSearchIndex({ ...stores, objects: standardObjects, clock: systemClock }, ids)
})

import { ok } from '#functions/edge/answers.ts'
import { on } from '#functions/edge/endpoint.ts'
import { serve } from '#functions/edge/route.ts'
import { required } from '#lib/runtime/env.ts'
import { searchRecords } from '#lib/search/search-records.ts'
import { createStore, openTable, type Table } from '#lib/store/table.ts'
import { Search } from '#schemas/api/search.ts'

let searchTable: Table | undefined

export const handler = serve([
  on(Search, async (ctx, { query }) => {
    searchTable ??= openTable(required('SEARCH_TABLE_NAME'))
    const searchStore = createStore(searchTable)
    return ok(await searchRecords(ctx, searchStore, query))
  }),
])

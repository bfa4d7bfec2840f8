import { parseArgs } from 'node:util'
import { rebuildSearchIndex } from '#lib/search/rebuild-index.ts'
import { createStore, openTable } from '#lib/store/table.ts'
import { standardObjects } from '#schemas/registry.ts'
import { readTenant } from '../tenant-file.ts'
import { tablesOfRunningStack } from './running-tables.ts'

// npm run reindex : writes the search index of the running local stack again, while it goes on working; with the names of tables, that of a tenant on AWS.

const { values: flags } = parseArgs({
  options: {
    records: { type: 'string' },
    search: { type: 'string' },
    tenant: { type: 'string', default: 'local' },
  },
})

async function reindex(): Promise<void> {
  const { records, search } = flags
  const names = records !== undefined && search !== undefined ? { records, search } : tablesOfRunningStack()
  const tables = {
    store: createStore(openTable(names.records)),
    searchStore: createStore(openTable(names.search)),
    objects: standardObjects,
  }
  const started = performance.now()
  const { listShards } = readTenant(flags.tenant)
  let told = -1
  const done = await rebuildSearchIndex(tables, {
    listShards,
    report: ({ records, items, removed }) => {
      const second = Math.floor((performance.now() - started) / 1000)
      if (second === told) return
      told = second
      console.log(`${second} s: ${records} records indexed, ${items} items looked through, ${removed} removed`)
    },
  })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`Done in ${seconds} s: ${done.records} records indexed, ${done.removed} items that led nowhere removed.`)
}

try {
  await reindex()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

import { rebuildSearchIndex } from '#lib/search/rebuild-index.ts'
import { createStore, openTable } from '#lib/store/table.ts'
import { standardObjects } from '#schemas/registry.ts'
import { tenantSettings } from '#schemas/tenant.ts'
import local from '../tenants/local.json' with { type: 'json' }
import { tablesOfRunningStack } from './running-tables.ts'

// npm run reindex : writes the search index of the running local stack again, while it goes on working.

async function reindex(): Promise<void> {
  const names = tablesOfRunningStack()
  const tables = {
    store: createStore(openTable(names.records)),
    searchStore: createStore(openTable(names.search)),
    objects: standardObjects,
  }
  const started = performance.now()
  const { listShards } = tenantSettings.strip().parse(local)
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

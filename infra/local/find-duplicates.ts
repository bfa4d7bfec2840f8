import { parseArgs } from 'node:util'
import { findAllDuplicates } from '#lib/duplicate-groups/find-all-duplicates.ts'
import { createStore, openTable } from '#lib/store/table.ts'
import { standardObjects } from '#schemas/registry.ts'
import { tenantSettings } from '#schemas/tenant.ts'
import local from '../tenants/local.json' with { type: 'json' }
import { tablesOfRunningStack } from './running-tables.ts'

// npm run find-duplicates -- --object customers : compares all records of the running local stack, while it goes on working.

async function findThem(): Promise<void> {
  const { values } = parseArgs({ options: { object: { type: 'string', default: 'customers' } } })
  const object = standardObjects.byPlural.get(values.object)
  if (!object)
    throw new Error(
      `There is no object ${values.object}. There are ${[...standardObjects.byPlural.keys()].join(', ')}.`,
    )
  const store = createStore(openTable(tablesOfRunningStack().records))
  const { listShards } = tenantSettings.strip().parse(local)
  const started = performance.now()
  const found = await findAllDuplicates({ store, objects: standardObjects, listShards }, object)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(
    `Compared ${found.records} ${object.plural} in ${seconds} s: ${found.pairs} pairs, ${found.groups} open groups.`,
  )
  for (const { kind, value, count } of found.skippedKeys)
    console.log(`Too common to tell anything, skipped: ${kind} ${value}, of ${count} records.`)
  console.log(`See them: GET /v1/duplicates?object=${object.plural}`)
}

try {
  await findThem()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

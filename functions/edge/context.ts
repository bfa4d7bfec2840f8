import { systemClock } from '#lib/runtime/clock.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readEnv, required } from '#lib/runtime/env.ts'
import { typeIds } from '#lib/runtime/ids.ts'
import { loadPolicy } from '#lib/settings/policy.ts'
import { createStore, openTable, type Store, type Table } from '#lib/store/table.ts'
import { standardObjects } from '#schemas/registry.ts'

/** Who works, for which request, and under which source its writes are kept. */
type Work = Pick<Context, 'actor' | 'requestId' | 'source' | 'log'>

let table: Table | undefined

/** The records as one piece of work sees them; a container opens its table once. */
export function openStore(): Store {
  table ??= openTable(required('TABLE_NAME'))
  return createStore(table)
}

/** The context of a piece of work; `store` where it was opened before it was known who works. */
export function openContext(work: Work, store = openStore()): Context {
  return { ...work, tenant: readEnv().TENANT, objects: standardObjects, store, clock: systemClock, ids: typeIds }
}

/** The context of work that no request waits for: with what the tenant has decided. */
export async function openJobContext(work: Work): Promise<Context> {
  const ctx = openContext(work)
  return { ...ctx, policy: await loadPolicy(ctx) }
}

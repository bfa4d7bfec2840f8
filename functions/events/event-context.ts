import { systemActor } from '#lib/permissions/system-actor.ts'
import { systemClock } from '#lib/runtime/clock.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readEnv, required } from '#lib/runtime/env.ts'
import { typeIds } from '#lib/runtime/ids.ts'
import type { Logger } from '#lib/runtime/logger.ts'
import { createStore, openTable, type Table } from '#lib/store/table.ts'
import { standardObjects } from '#schemas/registry.ts'

let table: Table | undefined

/** The context of a reaction to events: the product itself at work, in the name of its function. */
export function eventContext(name: string, log: Logger): Context {
  table ??= openTable(required('TABLE_NAME'))
  return {
    actor: systemActor,
    requestId: `events/${name}`,
    source: `events/${name}`,
    tenant: readEnv().TENANT,
    objects: standardObjects,
    store: createStore(table),
    clock: systemClock,
    ids: typeIds,
    log,
  }
}

import type { Actor } from '#lib/permissions/actor.ts'
import { systemClock } from '#lib/runtime/clock.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readEnv, required } from '#lib/runtime/env.ts'
import { typeIds } from '#lib/runtime/ids.ts'
import type { Logger } from '#lib/runtime/logger.ts'
import { createStore, openTable } from '#lib/store/table.ts'
import { standardObjects } from '#schemas/registry.ts'

/** The product itself: makes the records that nobody is there to make yet. */
const system: Actor = {
  id: 'system',
  name: 'Evergreen',
  email: '',
  teamId: undefined,
  roleId: 'system',
  role: {
    name: 'system',
    scopes: new Map([['*', { create: 'all', read: 'all', update: 'all', delete: 'all' }]]),
    fields: new Map(),
  },
}

/** The context of work that a deployment starts. */
export function systemContext(requestId: string, log: Logger): Context {
  return {
    actor: system,
    requestId,
    source: 'deploy/seed-tenant',
    tenant: readEnv().TENANT,
    objects: standardObjects,
    store: createStore(openTable(required('TABLE_NAME'))),
    clock: systemClock,
    ids: typeIds,
    log,
  }
}

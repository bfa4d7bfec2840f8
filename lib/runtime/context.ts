import type { Actor } from '#lib/permissions/actor.ts'
import type { Clock } from '#lib/runtime/clock.ts'
import type { Ids } from '#lib/runtime/ids.ts'
import type { Logger } from '#lib/runtime/logger.ts'
import type { Store } from '#lib/store/table.ts'
import type { ObjectRegistry } from '#schemas/registry.ts'
import type { TenantPolicy } from '#schemas/settings.ts'
import type { TenantSettings } from '#schemas/tenant.ts'

/** What a client said to make a retry safe: its key, made private to the actor, and the hash of the whole request. */
export type Idempotency = { key: string; requestHash: string }

/** Who asks, for which request, and everything that reaches outside the process; always the first argument. */
export type Context = {
  actor: Actor
  requestId: string
  /** What caused the write: `api`, or a job such as `import/imp_01j...`. */
  source: string
  tenant: TenantSettings
  /** What the tenant has decided about its data; read it with `policyOf`. */
  policy?: TenantPolicy
  objects: ObjectRegistry
  store: Store
  clock: Clock
  ids: Ids
  log: Logger
  idempotency?: Idempotency
}

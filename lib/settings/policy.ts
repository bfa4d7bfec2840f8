import type { Context } from '#lib/runtime/context.ts'
import { settingId } from '#lib/settings/setting-id.ts'
import { readRecord } from '#lib/store/read.ts'
import type { Table } from '#lib/store/table.ts'
import { standingPolicy } from '#schemas/default-policy.ts'
import type { TenantPolicy } from '#schemas/settings.ts'

/** 30 s: how long a change of the settings may go unnoticed by a warm function. */
const freshMs = 30_000

type Known = { until: number; policy: Promise<TenantPolicy>; last: TenantPolicy | undefined }

const known = new WeakMap<Table, Known>()

/** What the tenant has decided, as it was loaded with the context; the defaults where nothing was. */
export function policyOf(ctx: { policy?: TenantPolicy | undefined }): TenantPolicy {
  return ctx.policy ?? standingPolicy
}

/**
 * What the tenant has decided, read at most every 30 seconds per container. When it cannot be read anew the last one stays.
 * @throws CrmError `unavailable` when it was never read and the table does not answer.
 */
export function loadPolicy(ctx: Pick<Context, 'store' | 'clock' | 'log'>): Promise<TenantPolicy> {
  const { table } = ctx.store
  const now = ctx.clock.now().getTime()
  const hit = known.get(table)
  if (hit && hit.until > now) return hit.policy
  const entry: Known = { until: now + freshMs, policy: readPolicy(ctx, hit?.last), last: hit?.last }
  known.set(table, entry)
  entry.policy.then(
    policy => {
      entry.last = policy
    },
    () => known.delete(table),
  )
  return entry.policy
}

/** What the tenant has decided, as it is at this moment. */
export function readPolicyAnew(ctx: Pick<Context, 'store' | 'clock' | 'log'>): Promise<TenantPolicy> {
  forgetPolicy(ctx)
  return loadPolicy(ctx)
}

/** Makes the next call read the settings anew: after a write to them. */
export function forgetPolicy({ store }: Pick<Context, 'store'>): void {
  known.delete(store.table)
}

async function readPolicy({ store, log }: Pick<Context, 'store' | 'log'>, last: TenantPolicy | undefined) {
  try {
    const record = await readRecord(store, settingId)
    if (!record) return standingPolicy
    // Loaded when needed: the schema of all settings.
    const { policyIn } = await import('#lib/settings/stored-policy.ts')
    return policyIn(record, log)
  } catch (error) {
    if (!last) throw error
    log.warn('The settings cannot be read; those read before stay in force', { error })
    return last
  }
}

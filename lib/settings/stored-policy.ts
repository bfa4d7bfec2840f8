import type { Logger } from '#lib/runtime/logger.ts'
import type { JsonObject } from '#schemas/json.ts'
import { type TenantPolicy, tenantPolicy } from '#schemas/settings.ts'

/** The sections of the policy, as the record and the API name them. */
const sections: readonly string[] = Object.keys(tenantPolicy.shape)

/** What the tenant has decided, without the defaults. */
export function decided(record: { fields: JsonObject } | undefined): JsonObject {
  return Object.fromEntries(
    Object.entries(record?.fields ?? {}).filter(([name, value]) => sections.includes(name) && value !== undefined),
  )
}

/**
 * The policy that a record stands for. A section that this version does not understand falls back to its defaults and is
 * logged: a setting of another version must not stop the tenant's work.
 */
export function policyIn(record: { fields: JsonObject } | undefined, log: Pick<Logger, 'error'>): TenantPolicy {
  const stored = decided(record)
  const whole = tenantPolicy.safeParse(stored)
  if (whole.success) return whole.data
  log.error('A setting is not understood; its section has the defaults', { issues: whole.error.issues })
  const broken = new Set(whole.error.issues.map(({ path }) => String(path[0])))
  return tenantPolicy.parse(Object.fromEntries(Object.entries(stored).filter(([name]) => !broken.has(name))))
}

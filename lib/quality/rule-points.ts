import type { RuleName } from '#lib/quality/types.ts'
import type { TenantPolicy } from '#schemas/settings.ts'

/** Points that a broken rule takes off 100 unless the tenant wants others. A record with a name and nothing else has 70. */
const defaultPoints: Readonly<Record<RuleName, number>> = {
  completeness: 30,
  emailFormat: 20,
  emailDisposable: 5,
  emailDomain: 15,
  phoneInvalid: 20,
  freshness: 15,
  uniqueness: 15,
  consistency: 5,
  orphan: 15,
  standard: 15,
}

/** Points that a rule takes off when it is broken in every way; 0 switches it off. */
export function pointsOf(rule: RuleName, policy: TenantPolicy): number {
  return policy.quality.weights?.[rule] ?? defaultPoints[rule]
}

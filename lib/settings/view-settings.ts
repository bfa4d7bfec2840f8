import { fieldAccess, recordRule } from '#lib/permissions/rules.ts'
import type { Context } from '#lib/runtime/context.ts'
import { settingId } from '#lib/settings/setting-id.ts'
import { policyIn } from '#lib/settings/stored-policy.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecord } from '#lib/store/read.ts'
import { isJsonObject, type Json, type JsonObject } from '#schemas/json.ts'
import type { TenantPolicy } from '#schemas/settings.ts'
import { setting } from '#schemas/system/setting.ts'

/** The settings as somebody may see them; version 0: nobody has changed anything yet. */
export type SettingsView = { view: JsonObject; version: number }

/**
 * Reads the tenant's settings with every default in its place. Who may not read them sees what entering data needs: the entry
 * standards of what their role reaches, and when a record counts as bad or stale.
 */
export async function readSettings(ctx: Context): Promise<SettingsView> {
  const record = await readRecord(ctx.store, settingId)
  const policy = policyIn(record, ctx.log)
  const isWhole = recordRule(ctx.actor, setting, 'read') === true
  const seen = isWhole ? wholePolicy(policy) : neededPolicy(ctx, policy)
  return { view: viewSettings(seen, record), version: record?.version ?? 0 }
}

/** Settings as the API shows them. */
export function viewSettings(
  policy: JsonObject,
  record: Pick<StoredRecord, 'version' | 'updatedAt' | 'updatedBy'> | undefined,
): JsonObject {
  const { version = 0, updatedAt, updatedBy } = record ?? {}
  const about = updatedAt === undefined || updatedBy === undefined ? {} : { updatedAt, updatedBy }
  return { id: settingId, object: setting.name, version, ...policy, ...about }
}

/** Every section of the policy. */
export function wholePolicy(policy: TenantPolicy): JsonObject {
  const { weights, ...quality } = policy.quality
  return plain({ ...policy, quality: weights ? { ...quality, weights: byName(Object.entries(weights)) } : quality })
}

function neededPolicy(ctx: Context, { quality, standards }: TenantPolicy): JsonObject {
  const { threshold, verifyEveryDays } = quality
  const reached = Object.entries(standards).flatMap(([name, fields]) => {
    const object = ctx.objects.byName.get(name)
    if (!object || recordRule(ctx.actor, object, 'read') === false) return []
    const seen = Object.entries(fields).filter(([field]) => fieldAccess(ctx.actor, name, field) !== 'hidden')
    return [[name, Object.fromEntries(seen)] as const]
  })
  return { quality: { threshold, verifyEveryDays }, ...plain({ standards: Object.fromEntries(reached) }) }
}

/** As JSON has it: a member without a value is not there. Names that the tenant gave stand in the order of the alphabet. */
function plain(policy: Partial<TenantPolicy>): JsonObject {
  const { standards = {} } = policy
  const sorted = byName(Object.entries(standards).map(([object, fields]) => [object, byName(Object.entries(fields))]))
  const followUps = policy.followUps && {
    ...policy.followUps,
    rules: byName(Object.entries(policy.followUps.rules)),
    dates: byName(Object.entries(policy.followUps.dates)),
  }
  const json: Json = JSON.parse(JSON.stringify({ ...policy, ...(followUps && { followUps }), standards: sorted }))
  return isJsonObject(json) ? json : {}
}

/** The table keeps no order, and equal settings must read equal byte for byte. */
function byName<T>(members: [name: string, member: T][]): Record<string, T> {
  return Object.fromEntries(members.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

import { invalid, invalidAt, outOfReach, versionConflict } from '#lib/errors.ts'
import { recordRule } from '#lib/permissions/rules.ts'
import { compileObject } from '#lib/records/compile.ts'
import { diffFields } from '#lib/records/diff.ts'
import { mergePatch } from '#lib/records/merge-patch.ts'
import { firstVersion, nextVersion, parseVersion } from '#lib/records/next-state.ts'
import type { Plan } from '#lib/records/plan.ts'
import { recordAtVersion } from '#lib/records/rewind.ts'
import { writeRecord } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import { checkPolicy } from '#lib/settings/check-policy.ts'
import { forgetPolicy } from '#lib/settings/policy.ts'
import { settingId } from '#lib/settings/setting-id.ts'
import { decided, policyIn } from '#lib/settings/stored-policy.ts'
import { viewSettings, wholePolicy } from '#lib/settings/view-settings.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecord } from '#lib/store/read.ts'
import { isJsonObject, type JsonObject } from '#schemas/json.ts'
import type { TenantPolicy } from '#schemas/settings.ts'
import { setting } from '#schemas/system/setting.ts'

/** How a change of the settings is made: on condition of a version, or only tried. */
export type SettingsCondition = { ifVersions?: readonly number[] | undefined; dryRun?: boolean | undefined }

/** The settings after a change, and the policy before and after it. */
export type ChangedSettings = {
  view: JsonObject
  version: number
  replayed: boolean
  before: TenantPolicy
  after: TenantPolicy
}

/**
 * Changes the settings by a merge patch (RFC 7396); null sets a member back to its default.
 * @throws CrmError validation_failed or unknown_field naming each member that is wrong; version_conflict; not_found for a role
 * that may not change settings.
 */
export async function changeSettings(
  ctx: Context,
  { patch, ...condition }: SettingsCondition & { patch: unknown },
): Promise<ChangedSettings> {
  if (!isJsonObject(patch))
    throw invalidAt('', 'invalid_type', 'The body must be a JSON object of the settings to change.')
  return writeSettings(ctx, condition, async record => {
    const merged = mergePatch(decided(record), patch)
    return { patch, next: isJsonObject(merged) ? merged : {}, action: 'updated' }
  })
}

/**
 * Gives the settings the values of an earlier version, as a new version. Version 0 stands for the defaults.
 * @throws CrmError as a change does, and validation_failed for a version that never was.
 */
export async function revertSettings(
  ctx: Context,
  { toVersion, ...condition }: SettingsCondition & { toVersion: unknown },
): Promise<ChangedSettings> {
  const version = toVersion === 0 ? 0 : parseVersion(toVersion)
  return writeSettings(ctx, condition, async record => {
    const then = version === 0 ? undefined : record && (await recordAtVersion(ctx.store, record, version))
    if (version > 0 && !then) {
      const detail = `The settings have no version ${version} to return to; their history lists those there are, 0 is the defaults.`
      throw invalidAt('/toVersion', 'unknown_version', detail)
    }
    // What has changed around the settings since then, such as a user who left, is checked again.
    return { patch: decided(then), next: decided(then), action: 'reverted' }
  })
}

/** What the settings become; `patch` is the part that whoever changes them answers for. */
type Next = { patch: JsonObject; next: JsonObject; action: 'updated' | 'reverted' }

async function writeSettings(
  ctx: Context,
  { ifVersions, dryRun }: SettingsCondition,
  change: (record: StoredRecord | undefined) => Promise<Next>,
): Promise<ChangedSettings> {
  if (!mayChange(ctx)) throw outOfReach(setting.name, 'update')
  let latest: { before: TenantPolicy; plan: Plan } | undefined
  const plan = async () => {
    const record = await readRecord(ctx.store, settingId)
    checkVersion(record, ifVersions)
    latest = { before: policyIn(record, ctx.log), plan: await planSettings(ctx, record, await change(record)) }
    return latest.plan
  }
  const written = await writeRecord(ctx, plan, { dryRun, isConditional: ifVersions !== undefined })
  if (!dryRun) forgetPolicy(ctx)
  const { version, replayed, record } = written
  const after = policyIn({ fields: record }, ctx.log)
  const about = { version, updatedAt: String(record['updatedAt']), updatedBy: String(record['updatedBy']) }
  return { view: viewSettings(wholePolicy(after), about), version, replayed, before: latest?.before ?? after, after }
}

async function planSettings(
  ctx: Context,
  before: StoredRecord | undefined,
  { patch, next, action }: Next,
): Promise<Plan> {
  const { problems } = await checkPolicy(ctx, { decided: next, patch })
  if (problems.length > 0) throw invalid(problems)
  const object = compileObject(setting, ctx.tenant)
  const fields: JsonObject = { name: setting.label.en, ...withoutEmpty(next) }
  if (!before) {
    const at = ctx.clock.now().toISOString()
    const after = firstVersion({ id: settingId, object: setting.name, fields }, { at, by: ctx.actor.id })
    return { object, before, after, action: 'created' }
  }
  if (Object.keys(diffFields(before.fields, fields)).length === 0)
    return { object, before, after: before, action: 'unchanged' }
  return { object, before, after: nextVersion(ctx, before, fields), action }
}

/** The settings are written here alone, so their object is read-only to clients; the role's right to update still counts. */
function mayChange({ actor }: Context): boolean {
  return recordRule(actor, { ...setting, readOnly: false }, 'update') === true
}

function checkVersion(record: StoredRecord | undefined, ifVersions: readonly number[] | undefined): void {
  const version = record?.version ?? 0
  if (ifVersions && !ifVersions.includes(version)) throw versionConflict(settingId, version)
}

/** Sections in which everything has been set back to its default. */
function withoutEmpty(policy: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(policy).filter(([, section]) => !isJsonObject(section) || Object.keys(section).length > 0),
  )
}

import { auditReach } from '#lib/audit/audit-record.ts'
import { addMonths } from '#lib/audit/months.ts'
import { viewAudit } from '#lib/audit/view-audit.ts'
import { invalidAt, outOfReach } from '#lib/errors.ts'
import { loadActor } from '#lib/permissions/load-actor.ts'
import { systemActor } from '#lib/permissions/system-actor.ts'
import { compileObject } from '#lib/records/compile.ts'
import { firstVersion } from '#lib/records/next-state.ts'
import { textOf } from '#lib/records/owner-of.ts'
import type { Plan } from '#lib/records/plan.ts'
import { writeRecord } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import { derivedId } from '#lib/runtime/ids.ts'
import { localDate } from '#lib/runtime/zoned-time.ts'
import { policyOf } from '#lib/settings/policy.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecord } from '#lib/store/read.ts'
import type { AuditView } from '#schemas/api/audits.ts'
import type { JsonObject } from '#schemas/json.ts'
import { audit } from '#schemas/system/audit.ts'
import { run } from '#schemas/system/run.ts'

/** What is to be audited, how much of it and by whom; the settings say what is left out. */
export type AuditRequest = { month: string; perOwner?: number | undefined; reviewerId?: string | undefined }

/**
 * Asks for the audit of a month: of everybody's records, or of the team's, as far as the role reaches. There is one for each:
 * asked again in the same way, it is that one. An event draws the sample.
 * @throws CrmError not_found (the role has no audits made), validation_failed.
 */
export async function createAudit(ctx: Context, request: AuditRequest): Promise<AuditView> {
  const reach = auditReach(ctx.actor)
  if (!reach) throw outOfReach(audit.name, 'create')
  checkMonth(ctx, request.month)
  const fields = {
    month: request.month,
    state: 'sampling',
    perOwner: perOwnerOf(ctx, request),
    reviewerId: await reviewerOf(ctx, request),
    requestedBy: ctx.actor.id,
    ...reach,
  }
  return viewAudit(ctx, await writeAudit(ctx, fields))
}

/** What follows a cleanup that has changed something: last month's audit, unless there is one. */
export async function auditAfterRun(ctx: Context, runId: string): Promise<void> {
  const record = await readRecord(ctx.store, runId)
  if (record?.object !== run.name || record.fields['state'] !== 'succeeded' || record.fields['dryRun'] === true) return
  await startMonthlyAudit(ctx, new Date(textOf(record.fields['startedAt']) ?? record.createdAt))
}

/**
 * Makes last month's audit of everybody's records, once, where the settings name a reviewer; for whatever runs regularly.
 * @returns its id; undefined when the settings ask for none, or the reviewer has left.
 */
export async function startMonthlyAudit(given: Context, at: Date): Promise<string | undefined> {
  const { perOwner, reviewerId } = policyOf(given).audit
  if (reviewerId === undefined || perOwner === 0) return undefined
  const ctx = { ...given, actor: systemActor }
  const month = addMonths(localDate(at, ctx.tenant.timeZone).slice(0, 7), -1)
  const known = await readRecord(ctx.store, auditId(month, undefined))
  if (known) return known.id
  if (!(await loadActor(ctx.store, { userId: reviewerId }))) {
    ctx.log.warn('There is no audit this month: its reviewer has left', { reviewerId })
    return undefined
  }
  const fields = { month, state: 'sampling', perOwner, reviewerId, requestedBy: systemActor.id }
  return (await writeAudit(ctx, fields)).id
}

async function writeAudit(
  ctx: Context,
  fields: JsonObject & { month: string; teamId?: string },
): Promise<StoredRecord> {
  const by = { at: ctx.clock.now().toISOString(), by: ctx.actor.id }
  const after = firstVersion({ id: auditId(fields.month, fields.teamId), object: audit.name, fields }, by)
  const object = compileObject(audit, ctx.tenant)
  let stored = after
  const plan = async (): Promise<Plan> => {
    const known = await readRecord(ctx.store, after.id)
    if (!known) return { object, before: undefined, after, action: 'created' }
    checkSame(known, fields)
    stored = known
    return { object, before: known, after: known, action: 'unchanged' }
  }
  await writeRecord(ctx, plan, {})
  return stored
}

function auditId(month: string, teamId: string | undefined): string {
  return derivedId(audit.prefix, { at: new Date(`${month}-01T00:00:00Z`), seed: `audit/${month}/${teamId ?? 'all'}` })
}

function checkSame({ id, fields }: StoredRecord, wanted: JsonObject): void {
  if (fields['perOwner'] === wanted['perOwner'] && fields['reviewerId'] === wanted['reviewerId']) return
  const how = `${fields['perOwner']} records of each owner, looked at by ${fields['reviewerId']}`
  throw invalidAt('/month', 'already_audited', `The audit of this month is ${id}: ${how}. Go on with that one.`)
}

function checkMonth(ctx: Context, month: string): void {
  if (month <= localDate(ctx.clock.now(), ctx.tenant.timeZone).slice(0, 7)) return
  throw invalidAt('/month', 'invalid_value', `${month} is still to come; name a month that has begun.`)
}

function perOwnerOf(ctx: Context, request: AuditRequest): number {
  const perOwner = request.perOwner ?? policyOf(ctx).audit.perOwner
  if (perOwner > 0) return perOwner
  throw invalidAt(
    '/perOwner',
    'required',
    'The settings ask for no records (audit.perOwner is 0); give perOwner, 1 to 100.',
  )
}

async function reviewerOf(ctx: Context, request: AuditRequest): Promise<string> {
  const reviewerId = request.reviewerId ?? policyOf(ctx).audit.reviewerId ?? ctx.actor.id
  if (reviewerId === ctx.actor.id || (await loadActor(ctx.store, { userId: reviewerId }))) return reviewerId
  const detail = `reviewerId refers to ${reviewerId}, but there is no such active user; name somebody else.`
  throw invalidAt('/reviewerId', 'invalid_reference', detail)
}

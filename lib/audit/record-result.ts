import { auditOf, auditReach, itemId, loadAudit } from '#lib/audit/audit-record.ts'
import { resultText } from '#lib/audit/audit-texts.ts'
import { viewItem } from '#lib/audit/view-audit.ts'
import { type FieldProblem, invalid, invalidAt, notFound, pointerTo } from '#lib/errors.ts'
import { fieldAccess } from '#lib/permissions/rules.ts'
import { compileObject } from '#lib/records/compile.ts'
import { diffFields } from '#lib/records/diff.ts'
import { nextVersion } from '#lib/records/next-state.ts'
import { textOf } from '#lib/records/owner-of.ts'
import type { Plan } from '#lib/records/plan.ts'
import { writeRecords } from '#lib/records/write.ts'
import { planTaskDone } from '#lib/refresh/close-task.ts'
import { isOpen } from '#lib/refresh/plan-tasks.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecord } from '#lib/store/read.ts'
import type { AuditItemView } from '#schemas/api/audits.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import { audit, auditItem, type auditResults } from '#schemas/system/audit.ts'

/** What a reviewer found in a record. */
export type AuditResult = {
  id: string
  recordId: string
  result: (typeof auditResults)[number]
  wrongFields?: readonly string[] | undefined
  note?: string | undefined
}

/**
 * Notes what the reviewer found and does their task. A later result for the same record replaces the earlier one, which stays
 * in the history.
 * @throws CrmError not_found for who may not, validation_failed for a record that was not drawn or fields that are none.
 */
export async function recordResult(ctx: Context, request: AuditResult): Promise<AuditItemView> {
  const record = await loadAudit(ctx, request.id)
  if (!mayReview(ctx, record)) throw notFound(audit.name, request.id, 'change')
  const id = itemId(auditOf(record), request.recordId)
  const first = await readRecord(ctx.store, id)
  const object = first && ctx.objects.byName.get(textOf(first.fields['target']) ?? '')
  if (!first || !object)
    throw invalidAt('/recordId', 'not_sampled', `${request.recordId} is not in this audit; GET it with items=true.`)
  const wrongFields = checkedFields(ctx, object, request)
  let latest = first
  const [written] = await writeRecords(
    ctx,
    async () => {
      const before = (await readRecord(ctx.store, id)) ?? first
      const plans = await planResult(ctx, { object, before }, { ...request, wrongFields })
      latest = plans[0]?.after ?? before
      return plans
    },
    {},
  )
  // What an earlier request with the same Idempotency-Key wrote is not what this one would have written.
  return viewItem(ctx, written?.replayed ? ((await readRecord(ctx.store, id)) ?? first) : latest)
}

/** The reviewer, and who may have audits of these records made. */
function mayReview(ctx: Context, record: StoredRecord): boolean {
  if (auditOf(record).reviewerId === ctx.actor.id) return true
  const reach = auditReach(ctx.actor)
  return reach !== undefined && (reach.teamId === undefined || reach.teamId === record.fields['teamId'])
}

async function planResult(
  ctx: Context,
  { object, before }: { object: ObjectDefinition; before: StoredRecord },
  { result, wrongFields, note }: AuditResult & { wrongFields: string[] },
): Promise<Plan[]> {
  const { wrongFields: _old, note: _said, ...kept } = before.fields
  const found = { result, ...(wrongFields.length > 0 && { wrongFields }), ...(note !== undefined && { note }) }
  const compiled = compileObject(auditItem, ctx.tenant)
  if (Object.keys(diffFields(before.fields, { ...kept, ...found })).length === 0)
    return [{ object: compiled, before, after: before, action: 'unchanged' }]
  const checkedAt = ctx.clock.now().toISOString()
  const after = nextVersion(ctx, before, { ...kept, ...found, checkedAt })
  const plans: Plan[] = [{ object: compiled, before, after, action: 'updated' }]
  const task = await readRecord(ctx.store, textOf(before.fields['taskId']) ?? '')
  if (task && task.deletedAt === undefined && isOpen(task))
    plans.push(planTaskDone(ctx, task, note ?? resultText(ctx.tenant.locale, object, wrongFields)))
  return plans
}

function checkedFields(ctx: Context, object: ObjectDefinition, { result, wrongFields = [] }: AuditResult): string[] {
  const names = [...new Set(wrongFields)]
  if (result === 'correct' && names.length > 0)
    throw invalidAt('/wrongFields', 'invalid_value', 'A correct record has no wrong fields; leave wrongFields out.')
  if (result === 'wrong' && names.length === 0)
    throw invalidAt('/wrongFields', 'required', 'Say in wrongFields which fields are wrong, by their names in the API.')
  const isSeen = (name: string) =>
    Object.hasOwn(object.fields, name) && fieldAccess(ctx.actor, object.name, name) !== 'hidden'
  const problems = wrongFields.flatMap((name, i): FieldProblem[] => {
    const detail = `${object.name} has no field ${JSON.stringify(name)}; GET /v1/objects/${object.name} lists them.`
    return isSeen(name) ? [] : [{ pointer: pointerTo('wrongFields', i), code: 'unknown_field', detail }]
  })
  if (problems.length > 0) throw invalid(problems)
  return names
}

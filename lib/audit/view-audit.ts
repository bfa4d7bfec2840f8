import { type AuditAccuracy, accuracyOf, wrongFieldsOf } from '#lib/audit/accuracy.ts'
import { auditOf, readItems } from '#lib/audit/audit-record.ts'
import { fieldAccess } from '#lib/permissions/rules.ts'
import { textOf } from '#lib/records/owner-of.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { AuditItemView, AuditView } from '#schemas/api/audits.ts'
import { auditResults } from '#schemas/system/audit.ts'

/** An audit with what was found so far, and with the records of its sample when asked for. */
export async function viewAudit(
  ctx: Context,
  record: StoredRecord,
  options: { items?: boolean | undefined } = {},
): Promise<AuditView> {
  const items = await readItems(ctx, record.id)
  const { id, month, perOwner, reviewerId, requestedBy, teamId, isSampling } = auditOf(record)
  const accuracy = accuracyOf(items)
  const problem = textOf(record.fields['problem'])
  return {
    id,
    object: 'audit',
    version: record.version,
    month,
    state: stateOf(isSampling, accuracy),
    perOwner,
    reviewerId,
    requestedBy,
    ...(teamId !== undefined && { teamId }),
    createdAt: record.createdAt,
    unseen: Number(record.fields['unseen'] ?? 0),
    ...(problem !== undefined && { problem }),
    ...accuracy,
    byField: accuracy.byField.filter(({ object, field }) => isShown(ctx, object, field)),
    ...(options.items && { items: items.map(item => viewItem(ctx, item)) }),
  }
}

/** A record of a sample, and what was found; fields that the actor's role hides are not named. */
export function viewItem(ctx: Pick<Context, 'actor'>, item: StoredRecord): AuditItemView {
  const { fields, updatedBy } = item
  const result = auditResults.find(each => each === fields['result'])
  const view = {
    recordId: textOf(fields['recordId']) ?? '',
    object: textOf(fields['target']) ?? '',
    ownerId: textOf(fields['ownerId']) ?? '',
    taskId: textOf(fields['taskId']) ?? '',
  }
  if (!result) return view
  const wrongFields = wrongFieldsOf(item).filter(field => isShown(ctx, view.object, field))
  const note = textOf(fields['note'])
  const checkedAt = textOf(fields['checkedAt'])
  return {
    ...view,
    result,
    ...(wrongFields.length > 0 && { wrongFields }),
    ...(note !== undefined && { note }),
    ...(checkedAt !== undefined && { checkedAt }),
    checkedBy: updatedBy,
  }
}

function isShown({ actor }: Pick<Context, 'actor'>, object: string, field: string): boolean {
  return fieldAccess(actor, object, field) !== 'hidden'
}

function stateOf(isSampling: boolean, { sampled, checked }: AuditAccuracy): AuditView['state'] {
  if (isSampling) return 'sampling'
  return sampled === checked ? 'done' : 'open'
}

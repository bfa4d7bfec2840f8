import { viewReasons } from '#lib/duplicate-groups/view-reasons.ts'
import type { Reason, Verdict } from '#lib/duplicates/types.ts'
import { allows, recordRule } from '#lib/permissions/rules.ts'
import { viewValue } from '#lib/records/view.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredGroup } from '#lib/store/duplicate-items.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** A group of likely duplicates as the actor may see it. */
export type GroupView = {
  id: string
  status: StoredGroup['status']
  object: string
  members: { id: string; title: string }[]
  survivor?: string
  score: number
  verdict: Verdict
  reasons: Reason[]
  decidedBy?: string
  decidedAt?: string
}

/**
 * The group for an actor who may see every member; undefined for others, and while a member is gone that the group still
 * names. Score and reasons tell of all members, so there is no group to show in part.
 */
export function viewGroup(
  ctx: Pick<Context, 'actor'>,
  object: ObjectDefinition,
  group: StoredGroup,
  records: ReadonlyMap<string, StoredRecord>,
): GroupView | undefined {
  const rule = recordRule(ctx.actor, object, 'read')
  const members = group.members.flatMap(id => records.get(id) ?? [])
  const isSeen = members.length === group.members.length && members.every(record => allows(rule, record))
  const isStale = group.status === 'open' && members.some(({ deletedAt }) => deletedAt !== undefined)
  if (!isSeen || isStale) return undefined
  const { id, status, survivor, score, verdict, decidedBy, decidedAt } = group
  return {
    id,
    status,
    object: object.name,
    members: members.map(record => ({ id: record.id, title: titleOf(ctx, object, record) })),
    ...(survivor !== undefined && { survivor }),
    score,
    verdict,
    reasons: viewReasons(ctx, object, group.reasons),
    ...(decidedBy !== undefined && { decidedBy }),
    ...(decidedAt !== undefined && { decidedAt }),
  }
}

function titleOf(ctx: Pick<Context, 'actor'>, object: ObjectDefinition, record: StoredRecord): string {
  const name = object.titleField
  const definition = object.fields[name]
  const value = record.fields[name]
  const title = definition && value !== undefined ? viewValue(ctx, object, { name, definition, value }) : undefined
  return typeof title === 'string' ? title : record.id
}

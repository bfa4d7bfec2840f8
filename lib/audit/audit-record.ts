import { notFound } from '#lib/errors.ts'
import type { Actor } from '#lib/permissions/actor.ts'
import { allows, recordRule, scopeOf } from '#lib/permissions/rules.ts'
import { textOf } from '#lib/records/owner-of.ts'
import type { Context } from '#lib/runtime/context.ts'
import { derivedId, isTypeId } from '#lib/runtime/ids.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRows } from '#lib/store/query.ts'
import { readRecord, toRecord } from '#lib/store/read.ts'
import { audit, auditItem } from '#schemas/system/audit.ts'

/** An audit as its work needs it. */
export type Audit = {
  id: string
  month: string
  perOwner: number
  reviewerId: string
  requestedBy: string
  teamId: string | undefined
  createdAt: Date
  isSampling: boolean
}

/** 500 records of a sample are read at a time. */
const atOnce = 500

/** An audit out of its record. */
export function auditOf({ id, createdAt, fields }: StoredRecord): Audit {
  return {
    id,
    month: textOf(fields['month']) ?? '',
    perOwner: Number(fields['perOwner']),
    reviewerId: textOf(fields['reviewerId']) ?? '',
    requestedBy: textOf(fields['requestedBy']) ?? '',
    teamId: textOf(fields['teamId']),
    createdAt: new Date(createdAt),
    isSampling: fields['state'] === 'sampling',
  }
}

/** Whose records somebody may have audited: everybody's, their team's, or nobody's. */
export function auditReach(actor: Actor): { teamId?: string } | undefined {
  const { teamId } = actor
  const scope = scopeOf(actor, audit.name, 'create')
  if (scope === 'all') return {}
  return scope === 'team' && teamId !== undefined ? { teamId } : undefined
}

/** Whether somebody may see an audit: its reviewer, whoever asked for it, and whose role says so. */
export function seesAudit(actor: Actor, record: StoredRecord): boolean {
  const { reviewerId, requestedBy } = auditOf(record)
  if (actor.id === reviewerId || actor.id === requestedBy) return true
  const reach = auditReach(actor)
  const isReached = reach !== undefined && (reach.teamId === undefined || reach.teamId === record.fields['teamId'])
  return isReached || allows(recordRule(actor, audit, 'read'), record)
}

/**
 * An audit that the actor may see.
 * @throws CrmError not_found.
 */
export async function loadAudit(ctx: Context, id: string): Promise<StoredRecord> {
  const record = isTypeId(id, audit.prefix) ? await readRecord(ctx.store, id) : undefined
  if (!record || record.deletedAt !== undefined || !seesAudit(ctx.actor, record)) throw notFound(audit.name, id)
  return record
}

/** The id of an audit's line for a record. */
export function itemId({ id, createdAt }: Pick<Audit, 'id' | 'createdAt'>, recordId: string): string {
  return derivedId(auditItem.prefix, { at: createdAt, seed: `${id}/${recordId}` })
}

/** The records of an audit's sample. */
export async function readItems(ctx: Pick<Context, 'store'>, auditId: string): Promise<StoredRecord[]> {
  const partition = { index: 'byParent', pk: auditId, prefix: `${auditItem.name}#` } as const
  const items: StoredRecord[] = []
  for await (const { item } of readRows(ctx.store, partition, { batch: atOnce })) items.push(toRecord(item))
  return items
}

import { refreshDuplicates } from '#lib/duplicate-groups/refresh-duplicates.ts'
import { regroup } from '#lib/duplicate-groups/regroup.ts'
import { type GroupView, viewGroup } from '#lib/duplicate-groups/view-group.ts'
import { writeNotes } from '#lib/duplicate-groups/write-notes.ts'
import { CrmError, invalidAt, mergeConflict, notFound } from '#lib/errors.ts'
import { mergeRecords } from '#lib/merge/merge-records.ts'
import { allows, recordRule } from '#lib/permissions/rules.ts'
import type { Context } from '#lib/runtime/context.ts'
import { isTypeId } from '#lib/runtime/ids.ts'
import { dropMembership, putGroup, putPair, readGroup, type StoredGroup } from '#lib/store/duplicate-items.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecords } from '#lib/store/read.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** What somebody says about a group: one thing, of which `survivor` stays, or several. */
export type Decision = { id: string; decision: 'merge' | 'notDuplicate'; survivor?: string | undefined }

/** The group as decided, and the merges made. */
export type Decided = { group: GroupView; merges: string[] }

type Case = { object: ObjectDefinition; group: StoredGroup; members: StoredRecord[] }

/** 10 absorbed at a time: with their keys they fit into a transaction; halved where they do not. */
const atOnce = 10

/**
 * Decides what a group of likely duplicates is. Saying the same again changes nothing.
 * @throws CrmError not_found, merge_conflict, validation_failed, and what merging throws.
 */
export async function decideGroup(ctx: Context, decision: Decision): Promise<Decided> {
  const found = await loadCase(ctx, decision.id)
  if (decision.decision === 'notDuplicate') return refuseGroup(ctx, found)
  return mergeGroup(ctx, found, decision.survivor)
}

async function loadCase(ctx: Context, id: string): Promise<Case> {
  const group = isTypeId(id, 'dup') ? await readGroup(ctx.store, id) : undefined
  const object = group && ctx.objects.byName.get(group.object)
  if (!group || !object) throw notFound('duplicate group', id, 'decide on')
  const records = await readRecords(ctx.store, group.members)
  const view = viewGroup(ctx, object, group, records)
  if (!view) throw notFound('duplicate group', id, 'decide on')
  return { object, group, members: group.members.flatMap(member => records.get(member) ?? []) }
}

async function refuseGroup(ctx: Context, found: Case): Promise<Decided> {
  const { object, group, members } = found
  if (group.status === 'notDuplicate') return told(ctx, found, group)
  if (group.status === 'merged')
    throw mergeConflict('These were merged; undo the merge first.', { merges: group.merges })
  const rule = recordRule(ctx.actor, object, 'update')
  if (!members.every(record => allows(rule, record))) throw notFound('duplicate group', group.id, 'decide on')
  const table = ctx.store.table.name
  const by = { decidedBy: ctx.actor.id, decidedAt: ctx.clock.now().toISOString() }
  const { score, verdict, reasons } = group
  // First what is remembered, then the group: a decision that was interrupted can be made again.
  const refused = members.flatMap(({ id }) =>
    members.flatMap(({ id: other }) =>
      id === other ? [] : [putPair(table, { id, other, state: 'refused', score, verdict, reasons, ...by })],
    ),
  )
  await writeNotes(ctx.store, refused)
  const decided = await close(ctx, found, { ...group, status: 'notDuplicate', ...by })
  await regroup(ctx, object.name, group.members)
  return decided
}

async function mergeGroup(ctx: Context, found: Case, wanted: string | undefined): Promise<Decided> {
  const { object, group, members } = found
  const survivor = wanted ?? group.survivor ?? mostComplete(members)
  if (!group.members.includes(survivor))
    throw invalidAt('/survivor', 'invalid_value', `The survivor must be one of ${group.members.join(', ')}.`)
  // A decision sent again with its key answers as the first did.
  if (group.status === 'merged' && !ctx.idempotency)
    throw mergeConflict('These were merged already.', { merges: group.merges })
  const absorb = group.members.filter(id => id !== survivor)
  const merges = await mergeAll(ctx, object, { id: survivor, absorb })
  if (group.status === 'merged') return told(ctx, found, group)
  const decidedAt = ctx.clock.now().toISOString()
  const by = { status: 'merged', survivor, merges, decidedBy: ctx.actor.id, decidedAt } as const
  const decided = await close(ctx, found, { ...group, ...by })
  await refreshDuplicates(ctx, group.members)
  return decided
}

/** Merges a group of any size, some records at a time. */
async function mergeAll(
  ctx: Context,
  object: ObjectDefinition,
  all: { id: string; absorb: string[] },
): Promise<string[]> {
  const merges: string[] = []
  let size = atOnce
  for (let start = 0; start < all.absorb.length; ) {
    const absorb = all.absorb.slice(start, start + size)
    const { idempotency } = ctx
    const own = idempotency ? { ...ctx, idempotency: { ...idempotency, key: `${idempotency.key}/${start}` } } : ctx
    try {
      const { mergeId } = await mergeRecords(own, { object, id: all.id, absorb })
      if (mergeId !== undefined) merges.push(mergeId)
      start += absorb.length
    } catch (error) {
      const isTooMuch = error instanceof CrmError && error.errors.some(({ code }) => code === 'too_many_items')
      if (!isTooMuch || size === 1) throw error
      size = Math.ceil(size / 2)
    }
  }
  return merges
}

async function close(ctx: Context, found: Case, decided: StoredGroup): Promise<Decided> {
  const table = ctx.store.table.name
  const forgotten = decided.members.map(id => dropMembership(table, id, decided.id))
  await writeNotes(ctx.store, [putGroup(table, decided), ...forgotten])
  return told(ctx, found, decided)
}

function told(ctx: Context, { object, members }: Case, group: StoredGroup): Decided {
  const records = new Map(members.map(record => [record.id, record]))
  const view = viewGroup(ctx, object, group, records)
  if (!view) throw notFound('duplicate group', group.id, 'see')
  return { group: view, merges: group.merges ?? [] }
}

/** The record with the most fields, of several the oldest: ids sort by time. */
function mostComplete(members: readonly StoredRecord[]): string {
  const count = ({ fields }: StoredRecord) => Object.keys(fields).length
  const [best] = members.toSorted((a, b) => count(b) - count(a) || (a.id < b.id ? -1 : 1))
  return best?.id ?? ''
}

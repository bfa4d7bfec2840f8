import { mergeConflict, notFound } from '#lib/errors.ts'
import { loadMerge, type MergeState, readMerge } from '#lib/merge/merge-state.ts'
import { separateFields } from '#lib/merge/undo-fields.ts'
import type { Verb } from '#lib/permissions/actor.ts'
import { allows, recordRule } from '#lib/permissions/rules.ts'
import { compileObject } from '#lib/records/compile.ts'
import { undoChange } from '#lib/records/diff.ts'
import { requireFields } from '#lib/records/input.ts'
import { checkVersion } from '#lib/records/load.ts'
import { nextVersion } from '#lib/records/next-state.ts'
import type { Plan } from '#lib/records/plan.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readChangesUntil } from '#lib/store/history.ts'
import type { Change, StoredRecord } from '#lib/store/items.ts'
import { readMoved } from '#lib/store/merge-items.ts'
import { readChange, readRecords } from '#lib/store/read.ts'
import { merge as mergeObject } from '#schemas/system/merge.ts'

/** A merge to be undone; `ifVersions` are versions of the survivor. */
export type UndoRequest = {
  mergeId: string
  ifVersions?: readonly number[] | undefined
  dryRun?: boolean | undefined
}

/**
 * Works out the undoing of a merge without writing it: the survivor, the absorbed records and the record of the merge, in
 * this order.
 * @throws CrmError not_found, merge_conflict, version_conflict.
 */
export async function planUndo(ctx: Context, { mergeId, ifVersions }: UndoRequest): Promise<Plan[]> {
  const merge = await loadMerge(ctx, mergeId)
  const { survivor, absorbed } = await loadParts(ctx, merge)
  if (merge.state === 'undone') throw mergeConflict(`${mergeId} was undone already.`)
  checkVersion(survivor, ifVersions)
  const { fields, kept } = await fieldsWithout(ctx, merge, survivor)
  const compiled = compileObject(merge.object, ctx.tenant)
  requireFields(compiled, fields)
  const ids = absorbed.map(({ id }) => id)
  const back = absorbed.map((before): Plan => {
    const after = nextVersion(ctx, before, before.fields)
    return { object: compiled, before, after, action: 'unmerged', merge: { id: mergeId, into: survivor.id } }
  })
  return [
    {
      object: compiled,
      before: survivor,
      after: nextVersion(ctx, survivor, fields),
      action: 'unmerged',
      merge: { id: mergeId, absorbed: ids },
    },
    ...back,
    await undonePlan(ctx, merge, kept),
  ]
}

async function loadParts(ctx: Context, merge: MergeState) {
  const ids = [merge.survivorId, ...merge.absorbed.map(({ id }) => id)]
  const found = await readRecords(ctx.store, ids)
  const survivor = reachable(ctx, merge, found.get(merge.survivorId), 'update')
  const absorbed = merge.absorbed.map(({ id }) => reachable(ctx, merge, found.get(id), 'delete'))
  if (merge.state === 'merged') checkState(merge, survivor, absorbed)
  return { survivor, absorbed }
}

/** Whoever may merge the records may undo it. */
function reachable(
  ctx: Context,
  { id, object }: MergeState,
  record: StoredRecord | undefined,
  verb: Verb,
): StoredRecord {
  const may = (each: Verb) => record !== undefined && allows(recordRule(ctx.actor, object, each), record)
  if (!record || !may('read') || !may(verb)) throw notFound('merge', id, 'undo')
  return record
}

function checkState(merge: MergeState, survivor: StoredRecord, absorbed: readonly StoredRecord[]): void {
  const { id, mergedInto, deletedAt } = survivor
  if (mergedInto !== undefined)
    throw mergeConflict(`${id} was itself merged into ${mergedInto} since; undo that merge first.`, { mergedInto })
  if (deletedAt !== undefined) throw mergeConflict(`${id} is in the recycle bin; restore it first.`)
  for (const record of absorbed)
    if (record.mergedInto !== merge.survivorId)
      throw mergeConflict(`${record.id} is no longer what ${merge.id} made of it; it cannot be taken out again.`)
}

/** The survivor's fields without the merge; what its history says since then decides what stays. */
async function fieldsWithout(ctx: Context, merge: MergeState, survivor: StoredRecord) {
  const { survivorVersion } = merge
  const since = await readChangesUntil(ctx.store, survivor.id, ({ version }) => version <= survivorVersion)
  const change = since.at(-1)
  if (change?.version !== survivorVersion)
    throw mergeConflict(`The history of ${survivor.id} does not reach to ${merge.id}.`)
  const later = since.slice(0, -1)
  const merged = later.reduce((fields, { changes }) => undoChange(fields, changes), survivor.fields)
  const undoneSince = await earlierMergesUndone(ctx, merge, later)
  return separateFields(merge.object, { merge: change, merged, now: survivor.fields, undoneSince })
}

/** What merges before this one had done to the survivor, when they were undone after it; the newest first. */
async function earlierMergesUndone(ctx: Context, merge: MergeState, later: readonly Change[]): Promise<Change[]> {
  const ids = later.flatMap(({ action, merge: mark }) => (action === 'unmerged' && mark?.absorbed ? [mark.id] : []))
  const found = await Promise.all(
    ids.map(async id => {
      const other = await readMerge(ctx, id)
      if (!other || other.survivorVersion >= merge.survivorVersion) return []
      return (await readChange(ctx.store, merge.survivorId, other.survivorVersion)) ?? []
    }),
  )
  return found.flat().toSorted((a, b) => b.version - a.version)
}

async function undonePlan(ctx: Context, merge: MergeState, kept: readonly string[]): Promise<Plan> {
  const { record: before } = merge
  const { children } = await readMoved(ctx.store, merge.id, { limit: 1 })
  const isWithChildren = children.length > 0 || merge.childrenState === 'moving'
  const { kept: _old, ...fields } = before.fields
  const after = nextVersion(ctx, before, {
    ...fields,
    state: 'undone',
    childrenState: isWithChildren ? 'moving' : 'settled',
    undoneBy: ctx.actor.id,
    ...(kept.length > 0 && { kept: [...kept] }),
  })
  return { object: compileObject(mergeObject, ctx.tenant), before, after, action: 'updated' }
}

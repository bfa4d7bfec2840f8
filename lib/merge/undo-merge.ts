import { planUndo, type UndoRequest } from '#lib/merge/plan-undo.ts'
import { type Settled, settleChildren } from '#lib/merge/settle-children.ts'
import type { RecordView } from '#lib/records/view.ts'
import { writeRecords } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'

/** What undoing a merge came to. */
export type Unmerged = {
  mergeId: string
  /** The record that had absorbed the others. */
  record: RecordView
  restored: RecordView[]
  /** Fields that were edited since the merge, and so were left as they are. */
  kept: string[]
  children: Settled
  replayed: boolean
}

/** 100 children are moved back while the caller waits; an event sees to the rest. */
const childrenAtOnce = 100

/**
 * Takes a merge apart again: the absorbed records come back as they were, the survivor loses what it got, and what had moved
 * moves back, whatever else was changed since.
 * @throws CrmError not_found, merge_conflict, unique_violation when another record took a unique value, version_conflict.
 */
export async function undoMerge(ctx: Context, request: UndoRequest): Promise<Unmerged> {
  const { mergeId, dryRun, ifVersions } = request
  const options = { dryRun, isConditional: ifVersions !== undefined }
  const written = await writeRecords(ctx, () => planUndo(ctx, request), options)
  const [survivor, ...rest] = written
  const merge = rest.pop()
  if (!survivor || !merge) throw new Error('Undoing a merge writes its survivor and its own record.')
  const kept = merge.record['kept']
  const isPending = merge.record['childrenState'] === 'moving'
  const children = dryRun
    ? { moved: 0, pending: isPending }
    : await settleChildren(ctx, mergeId, { atMost: childrenAtOnce })
  return {
    mergeId,
    record: survivor.record,
    restored: rest.map(({ record }) => record),
    kept: Array.isArray(kept) ? kept.map(String) : [],
    children,
    replayed: survivor.replayed,
  }
}

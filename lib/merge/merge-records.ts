import { type MergeRequest, planMerge } from '#lib/merge/plan-merge.ts'
import { type Settled, settleChildren } from '#lib/merge/settle-children.ts'
import type { RecordView } from '#lib/records/view.ts'
import { type Written, writeRecords } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import { isJsonObject, type Json } from '#schemas/json.ts'

/** What a merge came to; a dry run has no id. */
export type Merged = {
  mergeId?: string
  /** The survivor. */
  record: RecordView
  version: number
  absorbed: string[]
  /** Where each value that was in question comes from, and why. */
  decisions: Json[]
  children: Settled
  replayed: boolean
}

/** 100 children are moved while the caller waits; an event sees to the rest. */
const childrenAtOnce = 100

/**
 * Makes several records one, in one transaction, and moves what hangs on the absorbed ones to the survivor.
 * @throws CrmError validation_failed, unknown_field, field_read_only, not_found, merge_conflict, version_conflict.
 */
export async function mergeRecords(ctx: Context, request: MergeRequest): Promise<Merged> {
  const { dryRun, ifVersions } = request
  const options = { dryRun, isConditional: ifVersions !== undefined }
  const written = await writeRecords(ctx, () => planMerge(ctx, request), options)
  const { survivor, absorbed, merge } = parts(written)
  const decisions = Array.isArray(merge.record['decisions']) ? merge.record['decisions'] : []
  const told = {
    record: survivor.record,
    version: survivor.version,
    absorbed: absorbed.map(({ id }) => id),
    decisions: decisions.filter(isJsonObject),
    replayed: survivor.replayed,
  }
  if (dryRun) return { ...told, children: { moved: 0, pending: merge.record['childrenState'] === 'moving' } }
  const children = await settleChildren(ctx, merge.id, { atMost: childrenAtOnce })
  return { mergeId: merge.id, ...told, children }
}

function parts(written: readonly Written[]): { survivor: Written; absorbed: Written[]; merge: Written } {
  const [survivor, ...rest] = written
  const merge = rest.pop()
  if (!survivor || !merge) throw new Error('A merge writes a survivor and its own record.')
  return { survivor, absorbed: rest, merge }
}

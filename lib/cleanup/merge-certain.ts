import type { ReportItem } from '#lib/cleanup/items.ts'
import { ownMerges } from '#lib/cleanup/own-merges.ts'
import { readPart } from '#lib/cleanup/part-files.ts'
import type { RunPlan } from '#lib/cleanup/run-files.ts'
import { isRunning } from '#lib/cleanup/run-job.ts'
import { decideGroup } from '#lib/duplicate-groups/decide-group.ts'
import { isRefusal } from '#lib/errors.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { readGroup } from '#lib/store/duplicate-items.ts'

type Group = Extract<ReportItem, { kind: 'duplicates' }>

/**
 * Merges the groups that are beyond doubt, where the policy says so, until the run is canceled. A group that somebody decided
 * on, or whose records changed meanwhile, is left to people. Safe to run again.
 */
export async function mergeCertain(ctx: Context, files: Files, plan: RunPlan): Promise<void> {
  const groups = plan.dryRun ? [] : await certainGroups(files, plan)
  for (const { id } of groups) {
    if (!(await isRunning(ctx, plan.runId))) return
    await mergeGroup(ctx, id)
  }
}

/** What a run merged, or in a dry run would; a group of which only a part was merged counts with that part. */
export async function mergedItems(ctx: Context, files: Files, plan: RunPlan): Promise<ReportItem[]> {
  const items: ReportItem[] = []
  for (const { object, id, members: all } of await certainGroups(files, plan)) {
    const members = plan.dryRun ? all : (await ownMerges(ctx, plan, all)).members
    if (members.length > 0) items.push({ kind: 'merged', object, id, members })
  }
  return items
}

/** The groups that a run may merge: they are kept before the first of them is. */
export async function certainGroups(files: Files, { runId, policy }: RunPlan): Promise<Group[]> {
  const part = policy.cleanup.mergeCertain ? await readPart(files, runId, 'duplicates') : undefined
  return (part?.items ?? []).filter(item => item.kind === 'duplicates').filter(({ verdict }) => verdict === 'merge')
}

async function mergeGroup(ctx: Context, id: string): Promise<void> {
  if ((await readGroup(ctx.store, id))?.status !== 'open') return
  try {
    await decideGroup(ctx, { id, decision: 'merge' })
  } catch (error) {
    if (!isRefusal(error)) throw error
  }
}

import type { ReportItem } from '#lib/cleanup/items.ts'
import { keepPart, readPart } from '#lib/cleanup/part-files.ts'
import type { RunPlan } from '#lib/cleanup/run-files.ts'
import { decideGroup } from '#lib/duplicate-groups/decide-group.ts'
import { isRefusal } from '#lib/errors.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { readGroup } from '#lib/store/duplicate-items.ts'

/** What merging came to: the merges, by which they are undone. */
export type Merges = { merges: string[] }

type Group = Extract<ReportItem, { kind: 'duplicates' }>

/**
 * Merges the groups that are beyond doubt, where the policy says so. A group that somebody decided on, or whose records
 * changed meanwhile, is left to people. Safe to run again: a group merged by an earlier try counts as merged.
 */
export async function mergeCertain(
  ctx: Context,
  files: Files,
  { plan, groups }: { plan: RunPlan; groups: readonly Group[] },
): Promise<void> {
  const { runId } = plan
  if (!plan.policy.cleanup.mergeCertain || (await readPart<Merges>(files, runId, 'merges'))) return
  const items: ReportItem[] = []
  const merges: string[] = []
  for (const group of groups.filter(({ verdict }) => verdict === 'merge')) {
    const made = plan.dryRun ? [] : await mergesOf(ctx, group)
    if (!made) continue
    merges.push(...made)
    items.push({ kind: 'merged', object: group.object, id: group.id, members: group.members })
  }
  await keepPart(files, { runId, name: 'merges' }, { sum: { merges }, items })
}

/** The merges that make a group one; undefined when it is left to people. */
async function mergesOf(ctx: Context, { id }: Group): Promise<string[] | undefined> {
  const stored = await readGroup(ctx.store, id)
  if (stored?.status === 'merged') return stored.decidedBy === ctx.actor.id ? (stored.merges ?? []) : undefined
  if (stored?.status !== 'open') return undefined
  try {
    return (await decideGroup(ctx, { id, decision: 'merge' })).merges
  } catch (error) {
    if (isRefusal(error)) return undefined
    throw error
  }
}

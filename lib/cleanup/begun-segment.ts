import type { FixedItem, ReportItem } from '#lib/cleanup/items.ts'
import { pendingSegment, resumeLane } from '#lib/cleanup/resume-lane.ts'
import type { Lane, RunPlan, Segment } from '#lib/cleanup/run-files.ts'
import { recounted, skipped, sourceAfter } from '#lib/cleanup/write-fixes.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'

/** 50 histories are read at a time. */
const atOnce = 50

/**
 * The segment that a lane was at when it failed, with what became of it: a record counts as fixed where its history says so.
 * Undefined for a lane that failed between segments, or not at all.
 */
export async function begunSegment(
  ctx: Context,
  files: Files,
  { plan: { runId }, lane }: { plan: RunPlan; lane: Lane },
): Promise<Segment | undefined> {
  const segment = await pendingSegment(files, { runId, lane }, await resumeLane(files, runId, lane))
  if (!segment) return undefined
  const items: ReportItem[] = []
  for (let at = 0; at < segment.items.length; at += atOnce) {
    const some = segment.items.slice(at, at + atOnce)
    items.push(...(await Promise.all(some.map(item => (item.kind === 'fixed' ? becomeOf(ctx, item) : item)))))
  }
  return { ...segment, head: { ...segment.head, counts: recounted(segment.head.counts, items) }, items }
}

async function becomeOf(ctx: Context, item: FixedItem): Promise<ReportItem> {
  if ((await sourceAfter(ctx, item)) === ctx.source) return item
  return skipped(item, { code: 'not_reached', why: 'The run failed before it was fixed.' })
}

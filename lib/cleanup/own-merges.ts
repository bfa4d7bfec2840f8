import type { RunPlan } from '#lib/cleanup/run-files.ts'
import { runSource } from '#lib/cleanup/run-job.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readChangesUntil } from '#lib/store/history.ts'

/** Merges of a run, and the records that they made one. */
export type OwnMerges = { merges: string[]; members: string[] }

/**
 * What a run merged among records, told by their history, so that no kill between a merge and the noting of it can lose it;
 * the oldest merge first, also one that was taken apart since.
 */
export async function ownMerges(
  { store }: Pick<Context, 'store'>,
  { runId, startedAt }: Pick<RunPlan, 'runId' | 'startedAt'>,
  ids: readonly string[],
): Promise<OwnMerges> {
  const source = runSource(runId)
  const found = await Promise.all(
    ids.map(async id => {
      const changes = await readChangesUntil(store, id, ({ at }) => at < startedAt)
      const own = changes.filter(change => change.action === 'merged' && change.source === source)
      return { id, merges: own.flatMap(({ merge }) => merge?.id ?? []) }
    }),
  )
  const merged = found.filter(({ merges }) => merges.length > 0)
  // Ids sort by time.
  return {
    merges: [...new Set(merged.flatMap(({ merges }) => merges))].toSorted(),
    members: merged.map(({ id }) => id),
  }
}

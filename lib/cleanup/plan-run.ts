import * as z from 'zod'
import { type Lane, type RunPlan, readPlan, runFiles } from '#lib/cleanup/run-files.ts'
import { loadRun, stateOf } from '#lib/cleanup/run-job.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { policyOf } from '#lib/settings/policy.ts'
import { objectPartition } from '#lib/store/keys.ts'
import { readRows } from '#lib/store/query.ts'
import { toRecord } from '#lib/store/read.ts'
import { run } from '#schemas/system/run.ts'

/** A lane as an item of the workflow's map. */
export type LaneInput = Lane & { runId: string }

const started = z.object({ startedAt: z.iso.datetime(), dryRun: z.boolean() })

/**
 * Settles what a run goes by: the policy as it is now, and the lanes of records. Planned again it answers what was planned
 * first. A run that was canceled before has no lanes.
 */
export async function planRun(
  ctx: Context,
  files: Files,
  { runId }: { runId: string },
): Promise<{ runId: string; lanes: LaneInput[] }> {
  const record = await loadRun(ctx, runId)
  const { startedAt, dryRun } = started.parse(record.fields)
  const comparedSince = await lastComparison(ctx)
  const plan: RunPlan = {
    runId,
    startedAt,
    dryRun,
    policy: policyOf(ctx),
    ...(comparedSince !== undefined && { comparedSince }),
    lanes: lanesOf(ctx),
  }
  await files.writeNew(runFiles.plan(runId), JSON.stringify(plan), { contentType: 'application/json' })
  const { lanes } = await readPlan(files, runId)
  if (stateOf(record) !== 'running') return { runId, lanes: [] }
  return { runId, lanes: lanes.map(lane => ({ ...lane, runId })) }
}

/** A lane for each object that people keep records of, and each of its list shards. */
function lanesOf({ objects, tenant }: Context): Lane[] {
  return objects.all
    .filter(({ system }) => !system)
    .flatMap(({ name }) => Array.from({ length: tenant.listShards }, (_, shard) => ({ object: name, shard })))
}

/** When the last run started that has come through and so has compared all records there were. */
async function lastComparison(ctx: Context): Promise<string | undefined> {
  const starts: string[] = []
  for (let shard = 0; shard < ctx.tenant.listShards; shard++) {
    const partition = { index: 'byObject', pk: objectPartition(run.name, shard, 'all') } as const
    for await (const { item } of readRows(ctx.store, partition, { batch: 50, descending: true })) {
      const { fields } = toRecord(item)
      const start = isComplete(fields) ? started.safeParse(fields).data?.startedAt : undefined
      if (start === undefined) continue
      starts.push(start)
      break
    }
  }
  return starts.toSorted().at(-1)
}

function isComplete({ kind, state, dryRun }: Record<string, unknown>): boolean {
  return kind === 'cleanup' && state === 'succeeded' && dryRun === false
}

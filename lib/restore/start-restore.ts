import { verifyChain } from '#lib/backup/verify-chain.ts'
import { invalidAt } from '#lib/errors.ts'
import { loadJob } from '#lib/jobs/load-job.ts'
import { planOnce } from '#lib/records/plan-once.ts'
import { replay } from '#lib/records/replay.ts'
import { writeRecord } from '#lib/records/write.ts'
import { loadBackup } from '#lib/restore/load-backup.ts'
import { objectOfId, objectToRestore } from '#lib/restore/may-restore.ts'
import { partitionsFor } from '#lib/restore/partition-of.ts'
import { type RestorePlan, restoreFiles, type Wanted } from '#lib/restore/restore-files.ts'
import { restoreNow } from '#lib/restore/restore-now.ts'
import type { RestoreTools } from '#lib/restore/restore-steps.ts'
import { runFields } from '#lib/restore/run-fields.ts'
import type { Context } from '#lib/runtime/context.ts'
import { startWorkflow } from '#lib/runtime/workflows.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { run } from '#schemas/system/run.ts'

/** What is to be restored, and whether really. */
export type RestoreRequest = { backupId: string; object?: string; ids?: string[]; dryRun: boolean }

/** 8 MB of files are read twice within some seconds: a request has 29. */
const bytesInRequest = 8_000_000

/**
 * Restores records of a backup: some by their ids out of a backup that can be read within a request at once, all else in the
 * background.
 * @returns the run, which may have ended already.
 * @throws CrmError `backup_tampered` naming the file, before anything is written; `validation_failed`, `not_found`, `unavailable`.
 */
export async function startRestore(
  ctx: Context,
  tools: RestoreTools & { workflow: string },
  request: RestoreRequest,
): Promise<StoredRecord> {
  const wanted = wantedBy(ctx, request)
  const earlier = await replay(ctx)
  if (earlier?.[0]) return continueRun(ctx, tools, earlier[0].id)
  await loadBackup(ctx, request.backupId)
  const chain = await verifyChain(tools, request.backupId, { files: 'catalogueOnly' })
  const items = chain.links.reduce((sum, link) => sum + link.items, 0)
  const bytes = chain.files.reduce((sum, file) => sum + file.bytes, 0)
  const plan: RestorePlan = {
    runId: ctx.ids.next(run.prefix),
    backupId: request.backupId,
    cutOffAt: chain.newest.cutOffAt,
    wanted,
    dryRun: request.dryRun,
    requestedBy: ctx.actor.id,
    startedAt: ctx.clock.now().toISOString(),
    partitions: 'ids' in wanted ? 1 : partitionsFor(items),
  }
  await tools.files.write(restoreFiles.plan(plan.runId), JSON.stringify(plan), { contentType: 'application/json' })
  if ('ids' in wanted && bytes <= bytesInRequest) return restoreNow(ctx, tools, plan)
  await writeRecord(ctx, () => planOnce(ctx, run, { id: plan.runId, fields: runFields(plan), at: plan.startedAt }), {})
  return continueRun(ctx, tools, plan.runId)
}

/** Started again under the same name, a workflow runs once. */
async function continueRun(ctx: Context, { workflow }: { workflow: string }, id: string): Promise<StoredRecord> {
  const record = await loadJob(ctx, run, id)
  if (record.fields['state'] === 'running')
    await startWorkflow(workflow, { name: id, input: { runId: id, actorId: ctx.actor.id, next: 0 } })
  return record
}

function wantedBy(ctx: Context, { object, ids }: RestoreRequest): Wanted {
  if ((object === undefined) === (ids === undefined)) {
    const detail = 'Say what to restore: either ids of records, or an object such as "contacts".'
    throw invalidAt('', 'required', detail)
  }
  if (object !== undefined) {
    const { name, prefix } = objectToRestore(ctx, object)
    return { object: name, prefix }
  }
  const distinct = [...new Set(ids)]
  for (const [i, id] of distinct.entries()) objectOfId(ctx, id, `/ids/${i}`)
  return { ids: distinct }
}

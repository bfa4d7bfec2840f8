import type { ReportItem } from '#lib/cleanup/items.ts'
import { doneSegments } from '#lib/cleanup/lane-segments.ts'
import { keepPart, readPart } from '#lib/cleanup/part-files.ts'
import { type RunPlan, readPlan } from '#lib/cleanup/run-files.ts'
import { isRunning, runContext } from '#lib/cleanup/run-job.ts'
import { plainJson } from '#lib/jobs/plain-json.ts'
import { planId } from '#lib/refresh/plan-ids.ts'
import { planRefresh } from '#lib/refresh/plan-refresh.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecord, readRecords } from '#lib/store/read.ts'
import type { CleanupReport } from '#schemas/api/maintenance.ts'

/** What asking people to verify stale records came to. */
export type RefreshSum = CleanupReport['refresh']

/** Nobody was asked. */
export const noRefresh: RefreshSum = { created: 0, alreadyOpen: 0, unassigned: 0, noRoom: 0, failed: 0, left: 0 }

/** 100: DynamoDB's ceiling for a BatchGetItem. */
const batch = 100

/** Makes verification tasks of the records that were found stale. Again for the same run it makes the same ones. */
export async function refreshStale(given: Context, files: Files, { runId }: { runId: string }): Promise<void> {
  const plan = await readPlan(files, runId)
  const ctx = { ...runContext(given, runId), policy: plan.policy }
  if (!plan.policy.refresh.enabled || (await readPart(files, runId, 'refresh'))) return
  const at = new Date(plan.startedAt)
  // What was begun is finished, so that the report of a canceled run has all its tasks.
  const isBegun = (await readRecord(ctx.store, planId({ runId, at }))) !== undefined
  if (!isBegun && !(await isRunning(ctx, runId))) return
  const outcome = await planRefresh(ctx, { runId, dryRun: plan.dryRun, at }, staleRecords(ctx, files, plan))
  const { items: told, byOwner: _owners, ...sum } = outcome
  const items = told.map(({ recordId, object, ...detail }): ReportItem => {
    return { kind: 'refresh', object, id: recordId, detail: plainJson(detail) }
  })
  await keepPart(files, { runId, name: 'refresh' }, { sum, items })
}

/** The stale records as they are now, without those that are gone. */
async function* staleRecords(ctx: Context, files: Files, plan: RunPlan): AsyncGenerator<StoredRecord> {
  for await (const { lists } of doneSegments(files, plan))
    for (let at = 0; at < lists.stale.length; at += batch) {
      const records = await readRecords(ctx.store, lists.stale.slice(at, at + batch))
      for (const record of records.values()) if (record.deletedAt === undefined) yield record
    }
}

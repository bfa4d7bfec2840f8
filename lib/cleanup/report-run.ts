import { begunSegment } from '#lib/cleanup/begun-segment.ts'
import type { Comparison } from '#lib/cleanup/compare-records.ts'
import type { ReportItem } from '#lib/cleanup/items.ts'
import { doneSegments } from '#lib/cleanup/lane-segments.ts'
import { mergedItems } from '#lib/cleanup/merge-certain.ts'
import { readPart } from '#lib/cleanup/part-files.ts'
import { purgedItems } from '#lib/cleanup/purged-items.ts'
import { noRefresh, type RefreshSum } from '#lib/cleanup/refresh-stale.ts'
import { headerLine, linesOf } from '#lib/cleanup/report-lines.ts'
import { type Lane, type RunPlan, readPlan, runFiles, type Segment } from '#lib/cleanup/run-files.ts'
import { loadRun, type RunState, runContext, stateOf } from '#lib/cleanup/run-job.ts'
import { addItem, addSegment, findingsOf, noSums, qualityOf, type RunSums } from '#lib/cleanup/run-sums.ts'
import { changeJob } from '#lib/jobs/job-record.ts'
import { plainJson } from '#lib/jobs/plain-json.ts'
import { saveSnapshot } from '#lib/quality-report/save-snapshot.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { encodeCsv } from '#lib/transfer/csv/write-csv.ts'
import type { CleanupReport } from '#schemas/api/maintenance.ts'
import { run } from '#schemas/system/run.ts'

/** Why a run came to a bad end. */
export type RunFailure = { code: string; detail: string }

/**
 * Writes the report of a run, as JSON and as a table, keeps the quality it found, and ends the run. Everything is read anew
 * from what the steps have kept, so running it again gives the same.
 */
export async function reportRun(
  given: Context,
  files: Files,
  { runId, failure }: { runId: string; failure?: RunFailure },
): Promise<void> {
  const plan = await readPlan(files, runId)
  const ctx = { ...runContext(given, runId), policy: plan.policy }
  const report = await writeReport(ctx, files, plan)
  const state = endState(stateOf(await loadRun(ctx, runId)), failure)
  if (state === 'succeeded' && !plan.dryRun)
    await saveSnapshot(ctx, { runId, at: plan.startedAt, summary: report.summary })
  await changeJob(ctx, { object: run, id: runId }, record => ({
    state: endState(stateOf(record), failure),
    endedAt: record.fields['endedAt'] ?? ctx.clock.now().toISOString(),
    report: plainJson(report.told),
    ...(failure && { failure }),
  }))
}

/** An end stays the end: the step may run again. */
function endState(state: RunState, failure: RunFailure | undefined): RunState {
  if (state !== 'running' && state !== 'canceling') return state
  if (failure) return 'failed'
  return state === 'canceling' ? 'canceled' : 'succeeded'
}

async function writeReport(
  ctx: Context,
  files: Files,
  plan: RunPlan,
): Promise<{ told: CleanupReport; summary: RunSums['summary'] }> {
  const { runId } = plan
  const sums = noSums()
  const merged = await mergedItems(ctx, files, plan)
  const parts = {
    duplicates: await readPart<Comparison>(files, runId, 'duplicates'),
    refresh: await readPart<RefreshSum>(files, runId, 'refresh'),
  }
  const told = () => reportOf(sums, { duplicates: parts.duplicates?.sum, refresh: parts.refresh?.sum })
  const itemsInto = (into: RunSums) => allItems(ctx, files, { plan, merged, sums: into })
  const json = jsonText(plan, { items: itemsInto(sums), told })
  await files.write(runFiles.report(runId, 'json'), json, { contentType: 'application/json' })
  const csv = encodeCsv(csvText(itemsInto(noSums())), 'utf-8-bom')
  await files.write(runFiles.report(runId, 'csv'), csv, { contentType: 'text/csv; charset=utf-8' })
  return { told: told(), summary: sums.summary }
}

type Reported = { plan: RunPlan; merged: readonly ReportItem[]; sums: RunSums }

/** Every item of the run in the order of its steps, added up on the way. */
async function* allItems(ctx: Context, files: Files, reported: Reported): AsyncGenerator<ReportItem> {
  for await (const item of itemsOf(ctx, files, reported)) {
    addItem(reported.sums, item)
    yield item
  }
}

async function* itemsOf(ctx: Context, files: Files, { plan, merged, sums }: Reported): AsyncGenerator<ReportItem> {
  for (const lane of plan.lanes)
    for await (const segment of segmentsOf(ctx, files, { plan, lane })) {
      addSegment(sums, lane.object, segment)
      yield* segment.items
    }
  yield* (await readPart(files, plan.runId, 'duplicates'))?.items ?? []
  yield* merged
  yield* (await readPart(files, plan.runId, 'refresh'))?.items ?? []
  yield* purgedItems(files, plan)
}

async function* segmentsOf(ctx: Context, files: Files, place: { plan: RunPlan; lane: Lane }): AsyncGenerator<Segment> {
  yield* doneSegments(files, { ...place.plan, lanes: [place.lane] })
  const begun = await begunSegment(ctx, files, place)
  if (begun) yield begun
}

async function* jsonText(
  { runId, startedAt, dryRun, policy }: RunPlan,
  { items, told }: { items: AsyncIterable<ReportItem>; told: () => CleanupReport },
): AsyncGenerator<string> {
  yield `{"run":${JSON.stringify({ id: runId, startedAt, dryRun, policy })},\n"items":[`
  let before = '\n'
  for await (const item of items) {
    yield before + JSON.stringify(item)
    before = ',\n'
  }
  yield `\n],\n"report":${JSON.stringify(told())}}\n`
}

async function* csvText(items: AsyncIterable<ReportItem>): AsyncGenerator<string> {
  yield headerLine()
  for await (const item of items) yield linesOf(item)
}

function reportOf(
  sums: RunSums,
  { duplicates, refresh }: { duplicates: Comparison | undefined; refresh: RefreshSum | undefined },
): CleanupReport {
  const { scored: _scored, scoreBefore: _score, ...counts } = sums.counts
  const asked = refresh ?? noRefresh
  return {
    counts: { ...counts, tasks: asked.created, purged: sums.purged },
    fixesByKind: sums.fixesByKind,
    findingsByRule: findingsOf(sums.summary),
    quality: qualityOf(sums),
    duplicates: { ...(duplicates ?? { compared: 0, pairs: 0, groups: 0 }), merged: sums.merged },
    refresh: asked,
    problems: sums.problems,
  }
}

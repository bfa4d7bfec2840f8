import { ok } from '#functions/edge/answers.ts'
import { etagOf } from '#functions/edge/conditions.ts'
import { on } from '#functions/edge/endpoint.ts'
import { serve } from '#functions/edge/route.ts'
import { loadRun } from '#lib/cleanup/run-job.ts'
import { checkStart } from '#lib/maintenance/check-start.ts'
import { mayRun } from '#lib/maintenance/may-run.ts'
import { viewRun, viewRunWithSteps } from '#lib/maintenance/view-run.ts'
import { required } from '#lib/runtime/env.ts'
import { openFiles } from '#lib/runtime/files.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import * as Ask from '#schemas/api/maintenance.ts'

/** Loaded when called: the client of workflows and the writing half of the engine. Most calls ask how far a run is. */
const load = {
  start: () => import('#lib/maintenance/start-run.ts'),
  find: () => import('#lib/maintenance/find-runs.ts'),
  cancel: () => import('#lib/maintenance/cancel-run.ts'),
  undo: () => import('#lib/maintenance/undo-run.ts'),
  report: () => import('#lib/maintenance/read-report.ts'),
  conflicts: () => import('#lib/maintenance/read-run-conflicts.ts'),
}
const workflows = {
  cleanup: 'CLEANUP_WORKFLOW_ARN',
  backup: 'BACKUP_WORKFLOW_ARN',
  restoreDrill: 'RESTORE_DRILL_WORKFLOW_ARN',
} as const
const files = () => openFiles(required('FILES_BUCKET'))
const accepted = (run: StoredRecord) => ({
  status: 202,
  json: viewRun(run),
  headers: { location: `/v1/maintenance/runs/${run.id}`, etag: etagOf(run.id, run.version) },
})

export const handler = serve([
  on(Ask.StartRun, async (ctx, { body }) => {
    mayRun(ctx, 'create')
    const { kind, ...request } = checkStart(body)
    const { startRun } = await load.start()
    const tools = { workflow: required(workflows[kind]) }
    return accepted(await startRun(ctx, tools, { kind, ...request, requestedBy: ctx.actor.id }))
  }),
  on(Ask.FindRuns, async (ctx, { query }) => {
    const { findRuns } = await load.find()
    return ok(await findRuns(ctx, query))
  }),
  on(Ask.GetRun, async (ctx, { path: { id } }) => {
    mayRun(ctx, 'read')
    const run = await loadRun(ctx, id)
    return ok(await viewRunWithSteps(files(), run), { etag: etagOf(id, run.version) })
  }),
  on(Ask.CancelRun, async (ctx, { path }) => {
    const { cancelRun } = await load.cancel()
    return accepted(await cancelRun(ctx, { workflow: required('CLEANUP_WORKFLOW_ARN') }, path.id))
  }),
  on(Ask.UndoRun, async (ctx, { path }) => {
    const { undoRun } = await load.undo()
    return accepted(await undoRun(ctx, { workflow: required('UNDO_CLEANUP_WORKFLOW_ARN') }, path.id))
  }),
  on(Ask.ReadRunReport, async (ctx, { path, query }) => {
    const { readReport } = await load.report()
    return ok(await readReport(ctx, files(), { ...path, ...query }))
  }),
  on(Ask.ReadRunConflicts, async (ctx, { path, query }) => {
    const { readRunConflicts } = await load.conflicts()
    return ok(await readRunConflicts(ctx, files(), { ...path, ...query }))
  }),
])

import { ok } from '#functions/edge/answers.ts'
import { etagOf } from '#functions/edge/conditions.ts'
import { on } from '#functions/edge/endpoint.ts'
import { serve } from '#functions/edge/route.ts'
import { loadJob } from '#lib/jobs/load-job.ts'
import { required } from '#lib/runtime/env.ts'
import { openFiles } from '#lib/runtime/files.ts'
import { readConflicts } from '#lib/transfer/imports/read-conflicts.ts'
import { readRejects } from '#lib/transfer/imports/read-rejects.ts'
import { viewImport } from '#lib/transfer/imports/view-import.ts'
import * as Ask from '#schemas/api/imports.ts'
import { importJob } from '#schemas/system/import.ts'

/** Loaded when called: decoders of 400 KB, the client of workflows, the writing half of the engine. Most calls ask how far it is. */
const load = {
  create: () => import('#lib/transfer/imports/create-import.ts'),
  cancel: () => import('#lib/transfer/imports/cancel-import.ts'),
  inspect: () => import('#lib/transfer/imports/inspect-import.ts'),
  start: () => import('#lib/transfer/imports/start-import.ts'),
  undo: () => import('#lib/transfer/imports/undo-import.ts'),
}
const files = () => openFiles(required('FILES_BUCKET'))
const accepted = (json: unknown) => ({ status: 202, json })

export const handler = serve([
  on(Ask.CreateImport, async (ctx, { body }) => {
    const { createImport } = await load.create()
    const { job, written } = await createImport(ctx, files(), body ?? {})
    const headers = { location: `/v1/imports/${written.id}`, etag: etagOf(written.id, written.version) }
    return {
      status: 201,
      json: job,
      headers: { ...headers, ...(written.replayed && { 'idempotency-replayed': 'true' }) },
    }
  }),
  on(Ask.InspectImport, async (ctx, { path, body }) => {
    const { inspectImport } = await load.inspect()
    return ok(await inspectImport(ctx, files(), { ...path, ...body }))
  }),
  on(Ask.StartImport, async (ctx, { path, body }) => {
    const tools = { files: files(), workflow: required('IMPORT_WORKFLOW_ARN') }
    const { startImport } = await load.start()
    return accepted(await startImport(ctx, tools, { ...path, ...body }))
  }),
  on(Ask.GetImport, async (ctx, { path: { id } }) => {
    const job = await loadJob(ctx, importJob, id)
    return ok(await viewImport(files(), job), { etag: etagOf(id, job.version) })
  }),
  on(Ask.CancelImport, async (ctx, { path }) => {
    const { cancelImport } = await load.cancel()
    return accepted(await cancelImport(ctx, files(), path.id))
  }),
  on(Ask.ReadImportRejects, async (ctx, { path: { id } }) => {
    const rejects = await readRejects(ctx, files(), id)
    if ('url' in rejects) return { status: 303, headers: { location: rejects.url } }
    const disposition = `attachment; filename="rejects-${id}.csv"`
    const headers = { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': disposition }
    return { status: 200, text: rejects.csv, headers }
  }),
  on(Ask.UndoImport, async (ctx, { path }) => {
    const tools = { files: files(), workflow: required('UNDO_IMPORT_WORKFLOW_ARN') }
    const { undoImport } = await load.undo()
    return accepted(await undoImport(ctx, tools, path.id))
  }),
  on(Ask.ReadImportConflicts, async (ctx, { path, query }) => {
    return ok(await readConflicts(ctx, files(), { ...path, ...query }))
  }),
])

import { etagOf } from '#functions/edge/conditions.ts'
import { on } from '#functions/edge/endpoint.ts'
import { serve } from '#functions/edge/route.ts'
import { required } from '#lib/runtime/env.ts'
import { openFiles } from '#lib/runtime/files.ts'
import * as Ask from '#schemas/api/restores.ts'

/** Loaded when called: the clients of S3 and KMS, and the writing half of the engine. */
const load = {
  start: () => import('#lib/restore/start-restore.ts'),
  view: () => import('#lib/restore/view-restore.ts'),
  archive: () => import('#lib/archive/start-archive.ts'),
  run: () => import('#lib/maintenance/view-run.ts'),
  vault: () => import('#lib/backup/vault.ts'),
  evidence: () => import('#lib/evidence/evidence-key.ts'),
}

export const handler = serve([
  on(Ask.RestoreBackup, async (ctx, { path, query, body }) => {
    const [{ startRestore }, { viewRestore }] = await Promise.all([load.start(), load.view()])
    const tools = { ...(await openTools()), workflow: required('RESTORE_WORKFLOW_ARN') }
    const { object, ids, dryRun } = body
    const request = {
      backupId: path.id,
      dryRun: dryRun || query.dryRun === true,
      ...(object && { object }),
      ...(ids && { ids }),
    }
    const run = await startRestore(ctx, tools, request)
    const headers = { location: `/v1/maintenance/runs/${run.id}`, etag: etagOf(run.id, run.version) }
    const status = run.fields['state'] === 'running' ? 202 : 200
    return { status, json: await viewRestore(tools.files, run), headers }
  }),
  on(Ask.ArchiveBackup, async (ctx, { path }) => {
    const [{ startArchive }, { viewRun }] = await Promise.all([load.archive(), load.run()])
    const run = await startArchive(ctx, { workflow: required('ARCHIVE_WORKFLOW_ARN') }, path.id)
    const headers = { location: `/v1/maintenance/runs/${run.id}`, etag: etagOf(run.id, run.version) }
    return { status: 202, json: viewRun(run), headers }
  }),
])

async function openTools() {
  const [{ openVault }, { openEvidenceKey }] = await Promise.all([load.vault(), load.evidence()])
  return {
    files: openFiles(required('FILES_BUCKET')),
    vault: openVault(required('BACKUP_BUCKET')),
    evidence: openEvidenceKey(required('EVIDENCE_KEY_ARN')),
  }
}

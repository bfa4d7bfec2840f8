import { etagOf } from '#functions/edge/conditions.ts'
import { on } from '#functions/edge/endpoint.ts'
import { serve } from '#functions/edge/route.ts'
import { openVault } from '#lib/backup/vault.ts'
import { openEvidenceKey } from '#lib/evidence/evidence-key.ts'
import { startRestore } from '#lib/restore/start-restore.ts'
import { viewRestore } from '#lib/restore/view-restore.ts'
import { required } from '#lib/runtime/env.ts'
import { openFiles } from '#lib/runtime/files.ts'
import * as Ask from '#schemas/api/restores.ts'

export const handler = serve([
  on(Ask.RestoreBackup, async (ctx, { path, query, body }) => {
    const files = openFiles(required('FILES_BUCKET'))
    const vault = openVault(required('BACKUP_BUCKET'))
    const evidence = openEvidenceKey(required('EVIDENCE_KEY_ARN'))
    const tools = { files, vault, evidence, workflow: required('RESTORE_WORKFLOW_ARN') }
    const { object, ids, dryRun } = body
    const request = {
      backupId: path.id,
      dryRun: dryRun || query.dryRun === true,
      ...(object && { object }),
      ...(ids && { ids }),
    }
    const run = await startRestore(ctx, tools, request)
    const headers = { location: `/v1/maintenance/runs/${run.id}`, etag: etagOf(run.id, run.version) }
    return { status: run.fields['state'] === 'running' ? 202 : 200, json: await viewRestore(files, run), headers }
  }),
])

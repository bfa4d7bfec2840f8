import { ok } from '#functions/edge/answers.ts'
import { etagOf } from '#functions/edge/conditions.ts'
import { on } from '#functions/edge/endpoint.ts'
import { serve } from '#functions/edge/route.ts'
import { findBackups } from '#lib/backup/find-backups.ts'
import { required } from '#lib/runtime/env.ts'
import * as Ask from '#schemas/api/backups.ts'

/** Loaded when called: the clients of S3 and KMS. */
async function vaultTools() {
  const [{ openVault }, { openEvidenceKey }] = await Promise.all([
    import('#lib/backup/vault.ts'),
    import('#lib/evidence/evidence-key.ts'),
  ])
  return { vault: openVault(required('BACKUP_BUCKET')), evidence: openEvidenceKey(required('EVIDENCE_KEY_ARN')) }
}

export const handler = serve([
  on(Ask.FindBackups, async (ctx, { query }) => ok(await findBackups(ctx, query))),
  on(Ask.GetBackup, async (ctx, { path: { id } }) => {
    const { getBackup } = await import('#lib/backup/get-backup.ts')
    const view = await getBackup(ctx, await vaultTools(), id)
    return ok(view, { etag: etagOf(id, Number(view['version'])) })
  }),
])

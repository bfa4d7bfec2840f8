import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { type BackupPlan, backupFiles, keepOnce, readKept } from '#lib/backup/backup-files.ts'
import type { CatalogueEntry } from '#lib/backup/catalogue.ts'
import type { BackupWork } from '#lib/backup/plan-backup.ts'
import { copiedPrefixes, vaultKeys } from '#lib/backup/vault-keys.ts'

type Inventory = NonNullable<CatalogueEntry['inventory']>

/**
 * Lists, in the vault, which versions of which files belong to the moment of a backup. Listed once: a step that runs again
 * finds the first list.
 */
export async function writeInventory(
  { vault, files, fileVersions }: BackupWork,
  { runId, backupId }: BackupPlan,
): Promise<Inventory> {
  const kept = backupFiles.inventory(runId)
  if (await files.head(kept)) return readKept<Inventory>(files, kept)
  const lines: string[] = []
  for (const prefix of copiedPrefixes)
    for await (const { key, versionId, bytes, isLatest, isMarker } of fileVersions.listVersions(prefix))
      if (isLatest && !isMarker) lines.push(`${JSON.stringify({ key, versionId, bytes })}\n`)
  const body = gzipSync(lines.join(''))
  const key = vaultKeys.inventory(backupId)
  const versionId = await vault.write(key, body, 'application/gzip')
  const sha256 = createHash('sha256').update(body).digest('hex')
  return keepOnce(files, kept, { key, versionId, bytes: body.length, sha256, objects: lines.length })
}

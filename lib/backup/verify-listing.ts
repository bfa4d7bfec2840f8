import type { CatalogueEntry, VaultFile } from '#lib/backup/catalogue.ts'
import { tampered } from '#lib/backup/tampered.ts'
import type { Vault } from '#lib/backup/vault.ts'
import { exportRoot } from '#lib/backup/vault-keys.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'

/** 16 questions at a time: S3 takes thousands. */
const atOnce = 16

/**
 * Checks that the vault has the files of a backup, in the very versions that were catalogued and no others on top of them, and
 * that nothing else is where DynamoDB would import it from. Reads no file.
 * @throws CrmError `backup_tampered` naming the file that is missing, was put there, or is another version; `unavailable`.
 */
export async function verifyListing(vault: Vault, entry: CatalogueEntry): Promise<void> {
  const root = exportRoot(entry.exportArn)
  const { manifests, files, inventory } = entry
  const wanted = [...manifests, ...files, ...(inventory ? [inventory] : [])]
  await verifyFolder(
    vault,
    root,
    wanted.filter(({ key }) => key.startsWith(root)),
  )
  const elsewhere = wanted.filter(({ key }) => !key.startsWith(root))
  await inParallel(elsewhere, atOnce, async file => checkThere(file, await vault.head(file.key)))
}

async function verifyFolder(vault: Vault, root: string, files: readonly VaultFile[]): Promise<void> {
  const missing = new Map(files.map(file => [file.key, file]))
  for await (const there of vault.listVersions(root)) {
    if (!there.isLatest || there.isMarker) continue
    const file = missing.get(there.key)
    if (!file) throw tampered(there.key, 'does not belong to the backup')
    missing.delete(there.key)
    checkThere(file, there)
  }
  for (const key of missing.keys()) throw tampered(key, 'is missing')
}

function checkThere(file: VaultFile, there: { versionId: string; bytes: number } | undefined): void {
  if (!there) throw tampered(file.key, 'is missing')
  if (there.bytes !== file.bytes) throw tampered(file.key, `has ${there.bytes} bytes instead of ${file.bytes}`)
  if (there.versionId !== file.versionId) throw tampered(file.key, 'was written again since it was catalogued')
}

import type { CatalogueEntry } from '#lib/backup/catalogue.ts'
import { type InventoryFile, inventoryFiles } from '#lib/backup/inventory-files.ts'
import type { Vault } from '#lib/backup/vault.ts'
import { copiedPrefixes } from '#lib/backup/vault-keys.ts'

type Listing = Pick<Vault, 'listVersions'>
type Places = { vault: Vault; fileVersions: Listing; filesCopy: Listing }

/**
 * A file of an inventory that the second region does not have, in the version and with the bytes that were listed;
 * undefined when it has all. What has expired since in the first region need not be in the second. Bytes are counted,
 * not read: S3 has checked them as it copied.
 */
export async function missingFile(
  { vault, fileVersions, filesCopy }: Places,
  inventory: CatalogueEntry['inventory'],
): Promise<string | undefined> {
  const wanted = new Map<string, InventoryFile>()
  for await (const file of inventoryFiles(vault, inventory)) wanted.set(nameOf(file), file)
  if (wanted.size === 0) return undefined
  for await (const file of versionsIn(filesCopy))
    if (wanted.get(nameOf(file))?.bytes === file.bytes) wanted.delete(nameOf(file))
  if (wanted.size === 0) return undefined
  for await (const file of versionsIn(fileVersions)) if (wanted.has(nameOf(file))) return file.key
  return undefined
}

async function* versionsIn({ listVersions }: Listing) {
  for (const prefix of copiedPrefixes) yield* listVersions(prefix)
}

function nameOf({ key, versionId }: Pick<InventoryFile, 'key' | 'versionId'>): string {
  return `${key}\n${versionId}`
}

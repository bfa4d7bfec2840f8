import type { CatalogueEntry } from '#lib/backup/catalogue.ts'
import { gzipLines } from '#lib/backup/gzip-lines.ts'
import type { Vault } from '#lib/backup/vault.ts'

/** A version of a file that belongs to a backup. */
export type InventoryFile = { key: string; versionId: string; bytes: number }

/** The files that an inventory lists, as the step that catalogued the backup has written them. */
export async function* inventoryFiles(
  vault: Pick<Vault, 'read'>,
  inventory: CatalogueEntry['inventory'],
): AsyncGenerator<InventoryFile> {
  if (!inventory) return
  for await (const lines of gzipLines(await vault.read(inventory.key, inventory.versionId)))
    for (const line of lines) yield JSON.parse(line)
}

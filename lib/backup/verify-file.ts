import { inspectFile } from '#lib/backup/inspect-file.ts'
import type { ChainFile } from '#lib/backup/read-chain.ts'
import { tampered } from '#lib/backup/tampered.ts'
import type { Vault } from '#lib/backup/vault.ts'
import { CrmError } from '#lib/errors.ts'

/**
 * Reads a file of a chain to its end, in the version that was catalogued: bytes, sums, number of lines, each line parsed.
 * @throws CrmError `backup_tampered` naming it and what is wrong; `unavailable`.
 */
export async function verifyFile(vault: Vault, file: ChainFile): Promise<void> {
  const { key, versionId, lines } = file
  const source = await vault.read(key, versionId).catch((error: unknown) => {
    if (error instanceof CrmError && error.code === 'not_found') throw tampered(key, 'is missing')
    throw error
  })
  const is = await inspectFile(source, { key, ...(lines && { lines }) })
  if (is.bytes !== file.bytes) throw tampered(key, `has ${is.bytes} bytes instead of ${file.bytes}`)
  if (is.sha256 !== file.sha256) throw tampered(key, 'has other bytes than were catalogued (SHA-256)')
  if (file.md5 !== undefined && is.md5 !== file.md5) throw tampered(key, 'has other bytes than its manifest says (MD5)')
  if (file.items !== undefined && is.items !== file.items)
    throw tampered(key, `has ${is.items} lines instead of ${file.items}`)
}

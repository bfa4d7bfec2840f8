import {
  type BackupPlan,
  backupFiles,
  type ExportedFile,
  type ExportedTable,
  keepOnce,
  readKept,
} from '#lib/backup/backup-files.ts'
import type { DataFile } from '#lib/backup/catalogue.ts'
import type { ExportShare } from '#lib/backup/inspect-export.ts'
import { inspectFile } from '#lib/backup/inspect-file.ts'
import type { BackupWork } from '#lib/backup/plan-backup.ts'
import { tampered } from '#lib/backup/tampered.ts'
import type { Vault } from '#lib/backup/vault.ts'

/** 2 minutes: more than the largest file takes. */
const reserveMs = 120_000

/**
 * Reads the files of a share to their ends: bytes, sums, lines, each line parsed. Goes on where it was interrupted; `done` is
 * false when there is no time for another file.
 * @throws CrmError `backup_tampered` naming the file.
 */
export async function verifyExport(
  { files, vault }: Pick<BackupWork, 'files' | 'vault'>,
  { runId, share, shares, remainingMs }: ExportShare & { remainingMs(): number },
): Promise<{ done: boolean }> {
  const { kind } = await readKept<BackupPlan>(files, backupFiles.plan(runId))
  const exported = await readKept<ExportedTable>(files, backupFiles.exported(runId))
  for (let place = share; place < exported.files.length; place += shares) {
    const file = exported.files[place]
    const key = backupFiles.checked(runId, place)
    if (!file || (await files.head(key))) continue
    if (place > share && remainingMs() < reserveMs) return { done: false }
    await keepOnce(files, key, await checkFile(vault, file, kind === 'full' ? 'item' : 'change'))
  }
  return { done: true }
}

async function checkFile(vault: Vault, file: ExportedFile, lines: 'item' | 'change'): Promise<DataFile> {
  const { key, items, md5 } = file
  const head = await vault.head(key)
  if (!head) throw tampered(key, 'is missing')
  const is = await inspectFile(await vault.read(key, head.versionId), { key, lines })
  if (is.md5 !== md5) throw tampered(key, 'has other bytes than its manifest says (MD5)')
  if (is.items !== items) throw tampered(key, `has ${is.items} lines instead of ${items}`)
  return { key, versionId: head.versionId, bytes: is.bytes, sha256: is.sha256, items, md5 }
}

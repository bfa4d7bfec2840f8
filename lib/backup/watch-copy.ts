import { changeBackup } from '#lib/backup/change-backup.ts'
import { missingFile } from '#lib/backup/missing-file.ts'
import type { BackupWork } from '#lib/backup/plan-backup.ts'
import { type ChainFile, readChain } from '#lib/backup/read-chain.ts'
import type { Vault } from '#lib/backup/vault.ts'
import { vaultKeys } from '#lib/backup/vault-keys.ts'
import { verifyFile } from '#lib/backup/verify-file.ts'
import { CrmError } from '#lib/errors.ts'
import { tellStep } from '#lib/maintenance/tell-step.ts'
import type { Context } from '#lib/runtime/context.ts'

/** How far the copy of a backup was seen: files read so far, and how often it was looked at. */
export type CopyWatch = { runId: string; backupId: string; place: number; polls: number; pollSeconds: number }

/** An hour of looking every 20 seconds; S3 copies within 15 minutes. */
const mostPolls = 180
/** 2 minutes: more than the largest file takes. */
const reserveMs = 120_000

type CopyWork = BackupWork & {
  /** The vault of the second region. */
  copy: Vault
  /** Versions of the files bucket's copy. */
  filesCopy: Pick<Vault, 'listVersions'>
}

/**
 * Looks whether the second region has every file of a backup in the very version that was catalogued, and reads each to its
 * end there; and whether it has the files that belong to the backup. `isCopied` is false while one is missing, and when there
 * is no time for another: then look again.
 * @throws CrmError when the copy does not come, or is not what was copied.
 */
export async function watchCopy(
  ctx: Context,
  work: CopyWork,
  { remainingMs, ...watch }: CopyWatch & { remainingMs(): number },
): Promise<CopyWatch & { isCopied: boolean }> {
  const chain = await readChain(work, watch.backupId)
  const own = chain.files.filter(({ backupId }) => backupId === watch.backupId)
  const missing = (await missingOf(work, own, watch.backupId)) ?? (await missingFile(work, chain.newest.inventory))
  if (missing !== undefined) {
    if (watch.polls >= mostPolls) giveUp(watch, missing)
    return { ...watch, polls: watch.polls + 1, isCopied: false }
  }
  for (let place = watch.place; place < own.length; place++) {
    if (place > watch.place && remainingMs() < reserveMs) return { ...watch, place, isCopied: false }
    const file = own[place]
    if (file) await verifyCopy(work.copy, file)
  }
  await changeBackup(ctx, watch.backupId, { copiedAt: ctx.clock.now().toISOString() })
  await tellStep(ctx, watch.runId, 'expire', { name: 'copy', count: own.length })
  return { ...watch, place: own.length, isCopied: true }
}

/** The first that is not there yet: a file, or the catalogue and its signature, which must be there word for word. */
async function missingOf({ vault, copy }: CopyWork, files: readonly ChainFile[], backupId: string) {
  for (const { key, versionId } of files) if (!(await copy.head(key, versionId))) return key
  const catalogue = vaultKeys.catalogue(backupId)
  for (const key of [catalogue, vaultKeys.signature(catalogue)]) {
    const text = (await copy.head(key)) && (await copy.readText(key))
    if (text !== (await vault.readText(key))) return key
  }
  return undefined
}

/** The advice of a damaged backup would be wrong here: only the copy is. */
async function verifyCopy(copy: Vault, file: ChainFile): Promise<void> {
  try {
    await verifyFile(copy, file)
  } catch (error) {
    if (!(error instanceof CrmError) || error.code !== 'backup_tampered') throw error
    const detail = `${file.key} of ${copy.name}, in the second region, is not what was catalogued. The backup itself is good; find out who wrote that file, then start a full backup.`
    throw new CrmError('validation_failed', detail, { cause: error, members: { reason: 'copy_differs' } })
  }
}

function giveUp({ backupId }: CopyWatch, missing: string): never {
  const detail = `${backupId} did not come to the second region: ${missing} is not there. The backup itself is good; see how S3 replicates its bucket.`
  throw new CrmError('validation_failed', detail, { members: { reason: 'copy_missing' } })
}

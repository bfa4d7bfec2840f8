import { readChain } from '#lib/backup/read-chain.ts'
import { verifyFile } from '#lib/backup/verify-file.ts'
import type { DrillWork } from '#lib/drill/drill-work.ts'
import { readDrillPlan } from '#lib/drill/drill-work.ts'
import { keepDamaged } from '#lib/drill/keep-damaged.ts'

/** Files of the chain that a share begins with, and every how many-th is its own. */
export type FileShare = { runId: string; share: number; shares: number }

/**
 * Reads the files of a share to their ends, before anything is restored. A share that is begun again reads all of them again:
 * no word of an earlier step is taken for it.
 * @throws CrmError `backup_tampered` naming the file.
 */
export async function verifyShare(work: DrillWork, { runId, share, shares }: FileShare): Promise<{ done: true }> {
  const { backupId } = await readDrillPlan(work.files, runId)
  const { files } = await readChain(work, backupId)
  for (let place = share; place < files.length; place += shares) {
    const file = files[place]
    if (file) await keepDamaged(work.files, { runId, ...file }, () => verifyFile(work.vault, file))
  }
  return { done: true }
}

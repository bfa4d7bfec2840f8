import { keepOnce } from '#lib/backup/backup-files.ts'
import { drillFiles } from '#lib/drill/drill-files.ts'
import { CrmError } from '#lib/errors.ts'
import type { Files } from '#lib/runtime/files.ts'

/** Looks at a part of a backup; that it is not what was signed is kept, since all that builds on that backup is of no use either. */
export async function keepDamaged<T>(
  files: Files,
  { runId, backupId }: { runId: string; backupId: string },
  look: () => Promise<T>,
): Promise<T> {
  try {
    return await look()
  } catch (error) {
    if (error instanceof CrmError && error.code === 'backup_tampered')
      await keepOnce(files, drillFiles.damaged(runId, backupId), { detail: error.message })
    throw error
  }
}

import { task } from '#functions/workflows/retry.ts'

/** ARNs of the steps of an archive. */
export type ArchiveSteps = { write: string; fail: string }

/** An archive of all that there is of a tenant: one pass from the backup to the file. */
export function archiveDefinition(steps: ArchiveSteps) {
  return {
    StartAt: 'WriteArchive',
    States: {
      WriteArchive: task(steps.write, { onFailure: 'TellFailure' }),
      TellFailure: task(steps.fail, { next: 'Failed' }),
      Failed: { Type: 'Fail', Error: 'ArchiveFailed', Cause: 'The run says why; the archive can be asked for again.' },
    },
  }
}

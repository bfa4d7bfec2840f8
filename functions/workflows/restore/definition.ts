import { task } from '#functions/workflows/retry.ts'

/** ARNs of the steps of a restore. */
export type RestoreSteps = { verify: string; collect: string; apply: string; end: string; fail: string }

/** A restore: all files of the backup are verified before anything is taken from them, then records are written; each step goes on where its time ended. */
export function restoreDefinition(steps: RestoreSteps) {
  return {
    StartAt: 'Verify',
    States: {
      Verify: task(steps.verify, { next: 'AreAllVerified', onFailure: 'TellFailure' }),
      AreAllVerified: isLast({ again: 'Verify', next: 'Collect' }),
      Collect: task(steps.collect, { next: 'AreAllCollected', onFailure: 'TellFailure' }),
      AreAllCollected: isLast({ again: 'Collect', next: 'Apply' }),
      Apply: task(steps.apply, { next: 'AreAllApplied', onFailure: 'TellFailure' }),
      AreAllApplied: isLast({ again: 'Apply', next: 'Report' }),
      Report: task(steps.end, { onFailure: 'TellFailure' }),
      TellFailure: task(steps.fail, { next: 'Failed' }),
      Failed: { Type: 'Fail', Error: 'RestoreFailed', Cause: 'The run says why; the restore can be asked for again.' },
    },
  }
}

function isLast({ again, next }: { again: string; next: string }) {
  const isMore = { Variable: '$.isLast', BooleanEquals: false, Next: again }
  return { Type: 'Choice', Choices: [isMore], Default: next }
}

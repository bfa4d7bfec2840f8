import { laneMap } from '#functions/workflows/cleanup/lane-map.ts'
import { task } from '#functions/workflows/retry.ts'

/** ARNs of the steps of a cleanup. */
export type CleanupSteps = {
  plan: string
  evaluateLane: string
  compare: string
  refresh: string
  purge: string
  report: string
  fail: string
}

/**
 * A cleanup: plan, evaluate and fix all records, compare them, make tasks of the stale ones, purge the recycle bin, report. Each
 * step keeps what it came to in files, so any of them may be killed and run again.
 */
export function cleanupDefinition(steps: CleanupSteps) {
  const onFailure = 'TellFailure'
  return {
    StartAt: 'Plan',
    States: {
      Plan: task(steps.plan, { next: 'Evaluate', onFailure }),
      Evaluate: laneMap('EvaluateLane', { step: steps.evaluateLane, next: 'Duplicates', onFailure }),
      Duplicates: task(steps.compare, { next: 'Refresh', onFailure }),
      Refresh: task(steps.refresh, { next: 'Purge', onFailure }),
      Purge: task(steps.purge, { next: 'IsPurged', onFailure }),
      IsPurged: {
        Type: 'Choice',
        Choices: [{ Variable: '$.done', BooleanEquals: true, Next: 'Report' }],
        Default: 'Purge',
      },
      Report: task(steps.report, { onFailure }),
      TellFailure: task(steps.fail, { next: 'Failed' }),
      Failed: { Type: 'Fail', Error: 'CleanupFailed', Cause: 'The report of the run says why.' },
    },
  }
}

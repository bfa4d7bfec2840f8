import { laneMap } from '#functions/workflows/cleanup/lane-map.ts'
import { importStates } from '#functions/workflows/drill/import-states.ts'
import { task } from '#functions/workflows/retry.ts'

/** ARNs of the steps of a restore drill. */
export type DrillSteps = {
  plan: string
  verify: string
  increments: string
  digest: string
  compare: string
  reads: string
  end: string
  fail: string
}

/** Where backups are, and the key that the scratch table is encrypted with. */
export type ImportPlaces = { bucket: string; keyArn: string }

/**
 * A restore drill: every file of a backup is read before a row is written, then DynamoDB imports it into a scratch table, which
 * is compared with the live one and deleted again, whatever comes of it.
 */
export function drillDefinition(steps: DrillSteps, places: ImportPlaces) {
  const onFailure = 'TellFailure'
  return {
    StartAt: 'Plan',
    States: {
      Plan: task(steps.plan, { next: 'Verify', onFailure }),
      Verify: laneMap('VerifyShare', { step: steps.verify, next: 'Import', onFailure }),
      ...importStates(places, { next: 'Increments', onFailure }),
      Increments: { ...task(steps.increments, { next: 'AreAllApplied', onFailure }), ResultPath: '$.applied' },
      AreAllApplied: {
        Type: 'Choice',
        Choices: [{ Variable: '$.applied.isLast', BooleanEquals: true, Next: 'Digest' }],
        Default: 'Increments',
      },
      Digest: laneMap('DigestTable', { step: steps.digest, next: 'Compare', onFailure, items: '$.digests' }),
      Compare: laneMap('CompareTables', { step: steps.compare, next: 'CheckReads', onFailure, items: '$.partitions' }),
      CheckReads: task(steps.reads, { next: 'TidyAndReport', onFailure }),
      TidyAndReport: { ...task(steps.end, { next: 'IsProven', onFailure }) },
      IsProven: {
        Type: 'Choice',
        Choices: [{ Variable: '$.isProven', BooleanEquals: true, Next: 'Proven' }],
        Default: 'Failed',
      },
      Proven: { Type: 'Succeed' },
      TellFailure: task(steps.fail, { next: 'Failed' }),
      Failed: { Type: 'Fail', Error: 'DrillFailed', Cause: 'The run says why.' },
    },
  }
}

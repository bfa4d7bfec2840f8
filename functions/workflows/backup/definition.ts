import { exportStates } from '#functions/workflows/backup/export-states.ts'
import { laneMap } from '#functions/workflows/cleanup/lane-map.ts'
import { task } from '#functions/workflows/retry.ts'

/** ARNs of the steps of a backup. */
export type BackupSteps = {
  plan: string
  inspect: string
  verify: string
  catalogue: string
  copy: string
  end: string
  fail: string
}

/** What is exported, where to, under which key. */
export type ExportPlaces = { tableArn: string; bucket: string; keyArn: string }

/**
 * A backup: DynamoDB exports the table, every file of the export is read to its end, then a signed catalogue makes a backup of
 * it, and the second region is watched until it has the same. Each step keeps what it came to, so any may be killed and run again.
 */
export function backupDefinition(steps: BackupSteps, places: ExportPlaces) {
  const onFailure = 'TellFailure'
  return {
    StartAt: 'DescribeTable',
    States: {
      ...exportStates(steps, places, { onFailure, next: 'Inspect' }),
      Inspect: task(steps.inspect, { next: 'Verify', onFailure }),
      Verify: laneMap('VerifyExport', { step: steps.verify, next: 'Catalogue', onFailure }),
      Catalogue: task(steps.catalogue, { next: 'WatchCopy', onFailure }),
      WatchCopy: task(steps.copy, { next: 'IsCopied', onFailure }),
      IsCopied: {
        Type: 'Choice',
        Choices: [{ Variable: '$.isCopied', BooleanEquals: true, Next: 'ExpireAndReport' }],
        Default: 'AwaitCopy',
      },
      AwaitCopy: { Type: 'Wait', SecondsPath: '$.pollSeconds', Next: 'WatchCopy' },
      ExpireAndReport: task(steps.end, { onFailure }),
      TellFailure: task(steps.fail, { next: 'Failed' }),
      Failed: { Type: 'Fail', Error: 'BackupFailed', Cause: 'The run says why.' },
    },
  }
}

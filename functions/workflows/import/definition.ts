import { task } from '#functions/workflows/retry.ts'

/** ARNs of the steps of an import. */
export type ImportSteps = { split: string; importSegments: string; report: string; fail: string }

/**
 * An import: split the file, import its segments, report. The items of the map are runs of segments, so a file of any size
 * makes 1,000 of them at most.
 */
export function importDefinition(steps: ImportSteps) {
  return {
    StartAt: 'Split',
    States: {
      Split: task(steps.split, { next: 'ImportAll', onFailure: 'TellFailure' }),
      ImportAll: {
        Type: 'Map',
        ItemsPath: '$.runs',
        MaxConcurrencyPath: '$.concurrency',
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          StartAt: 'ImportSegments',
          States: { ImportSegments: task(steps.importSegments, {}) },
        },
        ResultPath: '$.done',
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'TellFailure' }],
        Next: 'Report',
      },
      Report: task(steps.report, { onFailure: 'TellFailure' }),
      TellFailure: task(steps.fail, { next: 'Failed' }),
      Failed: { Type: 'Fail', Error: 'ImportFailed', Cause: 'The report of the import says why.' },
    },
  }
}

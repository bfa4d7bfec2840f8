import { task } from '#functions/workflows/retry.ts'

/** ARNs of the steps that undo an import. */
export type UndoSteps = { plan: string; undoSegments: string; end: string }

/** Undoing an import: share out its segments, undo each, add up. */
export function undoDefinition(steps: UndoSteps) {
  return {
    StartAt: 'Plan',
    States: {
      Plan: task(steps.plan, { next: 'UndoAll', onFailure: 'TellFailure' }),
      UndoAll: {
        Type: 'Map',
        ItemsPath: '$.runs',
        MaxConcurrencyPath: '$.concurrency',
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          StartAt: 'UndoSegments',
          States: { UndoSegments: task(steps.undoSegments, {}) },
        },
        ResultPath: '$.done',
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'TellFailure' }],
        Next: 'End',
      },
      End: task(steps.end, { onFailure: 'TellFailure' }),
      TellFailure: task(steps.end, { next: 'Failed' }),
      Failed: { Type: 'Fail', Error: 'UndoFailed', Cause: 'The import says why; it can be undone again.' },
    },
  }
}

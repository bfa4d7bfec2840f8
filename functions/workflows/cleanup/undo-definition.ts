import { laneMap } from '#functions/workflows/cleanup/lane-map.ts'
import { task } from '#functions/workflows/retry.ts'

/** ARNs of the steps that undo a cleanup. */
export type UndoCleanupSteps = { plan: string; undoLane: string; end: string }

/** Undoing a cleanup: take merges apart, take back the fixes, add up. */
export function undoCleanupDefinition(steps: UndoCleanupSteps) {
  const onFailure = 'TellFailure'
  return {
    StartAt: 'Plan',
    States: {
      Plan: task(steps.plan, { next: 'Undo', onFailure }),
      Undo: laneMap('UndoLane', { step: steps.undoLane, next: 'End', onFailure }),
      End: task(steps.end, { onFailure }),
      TellFailure: task(steps.end, { next: 'Failed' }),
      Failed: { Type: 'Fail', Error: 'UndoFailed', Cause: 'The run says why; it can be undone again.' },
    },
  }
}

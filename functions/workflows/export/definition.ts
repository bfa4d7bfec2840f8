import { task } from '#functions/workflows/retry.ts'

/** ARNs of the steps of an export. */
export type ExportSteps = { part: string; finish: string; fail: string }

/** An export: part after part, as far as each comes in its time, then all of them joined. */
export function exportDefinition(steps: ExportSteps) {
  return {
    StartAt: 'ExportPart',
    States: {
      ExportPart: task(steps.part, { next: 'IsMore', onFailure: 'TellFailure' }),
      IsMore: {
        Type: 'Choice',
        Choices: [{ Variable: '$.isLast', BooleanEquals: false, Next: 'ExportPart' }],
        Default: 'Finish',
      },
      Finish: task(steps.finish, { onFailure: 'TellFailure' }),
      TellFailure: task(steps.fail, { next: 'Failed' }),
      Failed: { Type: 'Fail', Error: 'ExportFailed', Cause: 'The export says why; it can be started again.' },
    },
  }
}

import { task } from '#functions/workflows/retry.ts'

/** 8 lanes at a time: the table serves them and people's requests. */
const concurrency = 8

/**
 * A state that has a step called for each lane, again and again until it says that the lane is done: a lane may take longer
 * than a step can.
 */
export function laneMap(name: string, { step, next, onFailure }: { step: string; next: string; onFailure: string }) {
  return {
    Type: 'Map',
    ItemsPath: '$.lanes',
    MaxConcurrency: concurrency,
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: name,
      States: {
        [name]: { ...task(step, { next: 'IsLaneDone' }), ResultPath: '$.result' },
        IsLaneDone: {
          Type: 'Choice',
          Choices: [{ Variable: '$.result.done', BooleanEquals: true, Next: 'LaneDone' }],
          Default: name,
        },
        LaneDone: { Type: 'Succeed' },
      },
    },
    ResultPath: '$.done',
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: onFailure }],
    Next: next,
  }
}

import { task } from '#functions/workflows/retry.ts'

/** 8 lanes at a time: the table serves them and people's requests. */
const concurrency = 8

type LaneMap = { step: string; next: string; onFailure: string; items?: string }

/**
 * A state that has a step called for each lane, again and again until it says that the lane is done: a lane may take longer
 * than a step can.
 */
export function laneMap(name: string, { step, next, onFailure, items = '$.lanes' }: LaneMap) {
  // A state's name is its own in the whole workflow.
  const [isDone, done] = [`Is${name}Done`, `${name}Done`]
  return {
    Type: 'Map',
    ItemsPath: items,
    MaxConcurrency: concurrency,
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: name,
      States: {
        [name]: { ...task(step, { next: isDone }), ResultPath: '$.result' },
        [isDone]: {
          Type: 'Choice',
          Choices: [{ Variable: '$.result.done', BooleanEquals: true, Next: done }],
          Default: name,
        },
        [done]: { Type: 'Succeed' },
      },
    },
    ResultPath: '$.done',
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: onFailure }],
    Next: next,
  }
}

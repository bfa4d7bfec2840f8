import type { StateMachineDefinition } from 'aws-local-stepfunctions'
import * as z from 'zod'
import { innerMachines, type Machine, type State } from './machine.ts'

const definition = z.custom<StateMachineDefinition>()
const catchers = z.array(z.looseObject({ ResultPath: z.string().nullable().optional() }))

/** 24 days in seconds: AWS's own default, 99,999,999, is more than a timer of Node can wait. */
const longestTimeoutS = 2_073_600

/**
 * A machine as aws-local-stepfunctions is to run it. Map and Parallel become tasks, which we run ourselves: the library
 * goes on with the remaining items of a Map after one has failed, runs 40 at most, and hands each its own `$$.Execution.Input`.
 */
export function flatten(machine: Machine): StateMachineDefinition {
  const states = Object.entries(machine.States).map(([name, state]) => [name, flatState(state)])
  return definition.parse({ ...machine, States: Object.fromEntries(states) })
}

function flatState(state: State): Record<string, unknown> {
  const plain = withoutRootPaths(state)
  if (innerMachines(state).length > 0) {
    // What is left is what any state has: paths, Retry, Catch, Next. `Parameters` of a Map is the old name of ItemSelector.
    const { ItemProcessor, Iterator: _, Branches, ItemsPath, ItemSelector, MaxConcurrency, ...rest } = plain
    const { MaxConcurrencyPath, Parameters, ...common } = rest
    const parameters = state.Type === 'Parallel' && Parameters !== undefined ? { Parameters } : {}
    return { ...common, ...parameters, Type: 'Task', Resource: 'local:inner', TimeoutSeconds: longestTimeoutS }
  }
  if (state.Type === 'Task') return { ...plain, ...timeoutOf(state) }
  // The library takes a Result of 0, false, null or '' for none.
  if (state.Type === 'Pass' && 'Result' in state && !state['Result']) {
    const { Result, ...rest } = plain
    return { ...rest, Parameters: Result }
  }
  return plain
}

/** The library's own default is 60 s. */
function timeoutOf(state: State): Record<string, unknown> {
  if ('TimeoutSecondsPath' in state) return {}
  return { TimeoutSeconds: Math.min(Number(state['TimeoutSeconds'] ?? longestTimeoutS), longestTimeoutS) }
}

/** `ResultPath: "$"` is the default; the library would make a member called `$`. */
function withoutRootPaths(state: State): Record<string, unknown> {
  const plain: Record<string, unknown> = { ...state }
  if (plain['ResultPath'] === '$') delete plain['ResultPath']
  if (!('Catch' in state)) return plain
  plain['Catch'] = catchers
    .parse(state['Catch'])
    .map(({ ResultPath, ...catcher }) =>
      ResultPath === '$' || ResultPath === undefined ? catcher : { ...catcher, ResultPath },
    )
  return plain
}

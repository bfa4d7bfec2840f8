import type { Json } from './json.ts'
import type { State } from './machine.ts'

/** What happens in an execution, as its history tells it. */
export type StepEvent =
  | { type: 'StateEntered'; name: string; stateType: State['Type']; input: Json }
  | { type: 'StateExited'; name: string; stateType: State['Type']; output: Json }
  | { type: 'TaskFailed'; resource: string; error: string; cause: string }
  | { type: 'MapStateStarted' | 'MapRunStarted'; name: string; length: number }
  | { type: 'MapStateSucceeded' | 'MapStateFailed' | 'MapRunSucceeded' | 'MapRunFailed'; name: string }
  | { type: 'ExecutionStarted'; input: string; roleArn: string }
  | { type: 'ExecutionSucceeded'; output: string }
  | { type: 'ExecutionFailed' | 'ExecutionTimedOut' | 'ExecutionAborted'; error?: string; cause?: string }

/** An event in the words of GetExecutionHistory: its type and its details. */
export function toHistory(event: StepEvent): Record<string, unknown> {
  switch (event.type) {
    case 'StateEntered': {
      const details = { name: event.name, input: JSON.stringify(event.input) }
      return { type: `${event.stateType}StateEntered`, stateEnteredEventDetails: details }
    }
    case 'StateExited': {
      const details = { name: event.name, output: JSON.stringify(event.output) }
      return { type: `${event.stateType}StateExited`, stateExitedEventDetails: details }
    }
    case 'TaskFailed':
      return taskFailed(event)
    case 'MapStateStarted':
    case 'MapRunStarted':
      return { type: event.type, mapStateStartedEventDetails: { length: event.length } }
    case 'ExecutionStarted':
      return { type: event.type, executionStartedEventDetails: { input: event.input, roleArn: event.roleArn } }
    case 'ExecutionSucceeded':
      return { type: event.type, executionSucceededEventDetails: { output: event.output } }
    case 'ExecutionFailed':
    case 'ExecutionTimedOut':
    case 'ExecutionAborted': {
      const { type, ...details } = event
      return { type, [`e${type.slice(1)}EventDetails`]: details }
    }
    default:
      return { type: event.type }
  }
}

function taskFailed({ resource, error, cause }: StepEvent & { type: 'TaskFailed' }): Record<string, unknown> {
  if (resource.includes(':lambda:'))
    return { type: 'LambdaFunctionFailed', lambdaFunctionFailedEventDetails: { error, cause } }
  const details = { error, cause, resource: resource.split(':').at(-1), resourceType: resource.split(':').at(-2) }
  return { type: 'TaskFailed', taskFailedEventDetails: details }
}

import type { Authorize } from '../engine.ts'
import type { CallDynamoDb } from './dynamodb-tasks.ts'
import type { Execution, ExecutionStatus, ExecutionStore } from './execution-store.ts'
import { type Json, toJson } from './json.ts'
import type { Machine } from './machine.ts'
import { runStates, type Scope } from './run-states.ts'
import { type StepEvent, toHistory } from './step-event.ts'
import { TaskError } from './task-error.ts'
import { type Invoke, runTask } from './tasks.ts'

/** A state machine of the template. */
export type StateMachineRecord = {
  arn: string
  name: string
  roleArn: string
  /** Who its role's policies are asked for. */
  principal: string
  /** Key of its history; reading that needs the right to decrypt. */
  keyArn: string | undefined
  /** As the template has it, its references resolved. */
  definition: string
  machine: Machine
}

/** What executions run on. */
export type Ground = {
  store: ExecutionStore
  invoke: Invoke
  callDynamoDb: CallDynamoDb
  authorize: Authorize
  now: () => number
  log(line: string): void
}

/** What an execution came to. */
type Ending = { status: ExecutionStatus; output?: string; error?: string; cause?: string }

/** 25,000: AWS ends an execution with a longer history. */
const mostEvents = 25_000

/**
 * Runs an execution from its beginning and keeps how it ended; nothing is kept of one that `signal` ends first. After its
 * end the controller is aborted, so that nothing of it goes on.
 */
export async function runExecution(
  ground: Ground,
  { machine, execution }: { machine: StateMachineRecord; execution: Execution },
  controller: AbortController,
): Promise<void> {
  const { signal } = controller
  const write = createHistory(ground, execution.arn)
  write({ type: 'ExecutionStarted', input: execution.input, roleArn: machine.roleArn })
  const input: Json = JSON.parse(execution.input)
  // What a stopped execution still does is not part of its history.
  const record: Scope['record'] = event => (signal.aborted ? undefined : write(event))
  const scope = { signal, record, context: contextOf(machine, execution), runTask: taskRunner(ground, machine, record) }
  const ending = await runStates(machine.machine, input, scope).then(succeeded, failed)
  if (signal.aborted) return
  controller.abort()
  ground.store.transaction(() => {
    write(lastEvent(ending))
    endExecution(ground, execution.arn, ending)
  })
  const { status, error, cause } = ending
  if (status !== 'SUCCEEDED') ground.log(`${machine.name} ${execution.name}: ${status}: ${error}: ${cause}`)
}

/** Ends an execution that runs; answers whether it did. */
export function endExecution({ store, now }: Ground, arn: string, ending: Ending): boolean {
  const { status, output = null, error = null, cause = null } = ending
  return store.end(status, output, error, cause, now(), arn) > 0
}

/** Writes an execution's history, numbered on from what there is. */
export function createHistory({ store, now }: Ground, arn: string): Scope['record'] {
  let id = store.eventsReversed(arn, 1, 0)[0]?.id ?? 0
  return event => {
    id++
    if (id > mostEvents && !event.type.startsWith('Execution')) {
      const message = `The execution reached the maximum number of history events (${mostEvents}).`
      throw new TaskError('States.Runtime', message, { isTerminal: true })
    }
    store.addEvent(arn, id, now(), JSON.stringify(toHistory(event)))
  }
}

function contextOf(machine: StateMachineRecord, execution: Execution): Scope['context'] {
  return {
    Execution: { Id: execution.arn, Name: execution.name, RoleArn: machine.roleArn },
    StateMachine: { Id: machine.arn, Name: machine.name },
  }
}

function taskRunner(
  { invoke, callDynamoDb, authorize }: Ground,
  machine: StateMachineRecord,
  record: Scope['record'],
): Scope['runTask'] {
  const { principal } = machine
  const may = (action: string, resource: string) => authorize(principal, action, resource)
  return async (resource, input) => {
    try {
      return await runTask(resource, input, { invoke, callDynamoDb, principal, may })
    } catch (error) {
      if (error instanceof Error) record({ type: 'TaskFailed', resource, error: error.name, cause: error.message })
      throw error
    }
  }
}

function succeeded(output: Json): Ending {
  return { status: 'SUCCEEDED', output: JSON.stringify(toJson(output)) }
}

function failed(error: unknown): Ending {
  if (!(error instanceof Error)) return { status: 'FAILED', error: 'States.Runtime', cause: String(error) }
  if (error.name === 'ExecutionTimeoutError') return { status: 'TIMED_OUT', error: 'States.Timeout', cause: '' }
  return { status: 'FAILED', error: error.name, cause: error.message }
}

function lastEvent({ status, output = '', error = '', cause = '' }: Ending): StepEvent {
  if (status === 'SUCCEEDED') return { type: 'ExecutionSucceeded', output }
  return { type: status === 'TIMED_OUT' ? 'ExecutionTimedOut' : 'ExecutionFailed', error, cause }
}

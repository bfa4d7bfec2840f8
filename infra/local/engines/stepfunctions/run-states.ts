import { randomUUID } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import type { RunOptions, StateMachine } from 'aws-local-stepfunctions'
import { flatten } from './flat-machine.ts'
import { assertPayload, dataLimitExceeded, isTooLarge, type Json } from './json.ts'
import { innerMachines, isDistributed, type Machine, type State } from './machine.ts'
import type { StepEvent } from './step-event.ts'
import { TaskError } from './task-error.ts'

/** The context object, `$$`. */
export type StatesContext = NonNullable<RunOptions['context']>

/** What the states of an execution have in common. */
export type Scope = {
  context: StatesContext
  /** Aborted when the execution ends, by itself or by being stopped: no state is begun after that. */
  signal: AbortSignal
  /** Runs a Task state's resource. */
  runTask(resource: string, input: Json): Promise<Json>
  /** Hears of everything that happens; may throw to end the execution. */
  record(event: StepEvent): void
}

type Handler = (input: Json) => Promise<Json>

/** 40: AWS's limit for an inline Map, and as much as a laptop can do of a distributed one. */
const mostItemsAtOnce = 40

const unchecked = { validationOptions: { noValidate: true } }

/** Runs a machine, or a part of one, to its end; rejects with the error that made it fail, by its name in `Catch`. */
export async function runStates(machine: Machine, input: Json, scope: Scope): Promise<Json> {
  const { StateMachine } = await import('aws-local-stepfunctions')
  scope.signal.throwIfAborted()
  const handlers = Object.entries(machine.States).map(([name, state]) => [name, handlerOf(name, state, scope)] as const)
  const run = new StateMachine(flatten(machine), unchecked).run(input, {
    overrides: { taskResourceLocalHandlers: Object.fromEntries(handlers) },
    context: structuredClone(scope.context),
  })
  scope.signal.addEventListener('abort', run.abort)
  const events = follow(machine, run.eventLogs, scope).catch(error => {
    run.abort()
    throw error
  })
  const [result, heard] = await Promise.allSettled([run.result, events])
  scope.signal.removeEventListener('abort', run.abort)
  if (heard.status === 'rejected') throw heard.reason
  if (result.status === 'fulfilled') return result.value
  throw causeOf(result.reason)
}

function handlerOf(name: string, state: State, scope: Scope): Handler {
  return async input => {
    // By then what the library tells of entering this state has been heard: the history keeps its order.
    await turn()
    // A retry may come due after the end.
    scope.signal.throwIfAborted()
    if (state.Type === 'Map') return runMap({ name, state }, input, scope)
    if (state.Type === 'Parallel') return runParallel(state, input, scope)
    return scope.runTask(state.Resource ?? '', input)
  }
}

/** Passes on what happens to the states; what a state hands on is judged here, since only the library sees it. */
async function follow(machine: Machine, events: ReturnType<StateMachine['run']>['eventLogs'], scope: Scope) {
  for await (const event of events) {
    if (event.type !== 'StateEntered' && event.type !== 'StateExited') continue
    const { name, input, output = null } = event.state
    const stateType = machine.States[name]?.Type ?? event.state.type
    if (event.type === 'StateEntered') scope.record({ type: event.type, name, stateType, input })
    if (event.type === 'StateEntered') continue
    if (isTooLarge(output)) throw dataLimitExceeded(`The output of state ${name}`)
    scope.record({ type: event.type, name, stateType, output })
  }
}

async function runMap({ name, state }: { name: string; state: State }, input: Json, scope: Scope): Promise<Json> {
  const [processor] = innerMachines(state)
  const items = await evaluate({ 'v.$': state['ItemsPath'] ?? '$' }, input, scope.context)
  if (!Array.isArray(items) || processor === undefined) throw runtimeError(`${name}: the items are no array.`)
  const isOwn = isDistributed(state)
  scope.record({ type: isOwn ? 'MapRunStarted' : 'MapStateStarted', name, length: items.length })
  try {
    const results = await runAll(items, {
      limit: await concurrencyOf(state, input, scope),
      scope,
      runItem: async (item, index, inner) => {
        const itemInput = await inputOf(state, input, { item, index, context: scope.context })
        return runStates(processor, itemInput, isOwn ? ownExecution(inner) : inner)
      },
    })
    assertPayload(`The output of ${name}`, results)
    scope.record({ type: isOwn ? 'MapRunSucceeded' : 'MapStateSucceeded', name })
    return results
  } catch (error) {
    scope.signal.throwIfAborted()
    scope.record({ type: isOwn ? 'MapRunFailed' : 'MapStateFailed', name })
    if (!isOwn || isTerminal(error)) throw error
    throw new TaskError(
      'States.ExceedToleratedFailureThreshold',
      'The specified tolerated failure threshold was exceeded',
    )
  }
}

async function runParallel(state: State, input: Json, scope: Scope): Promise<Json> {
  const branches = innerMachines(state)
  const results = await runAll(branches, {
    limit: branches.length,
    scope,
    runItem: (branch, _index, inner) => runStates(branch, input, inner),
  })
  assertPayload('The output of a Parallel state', results)
  return results
}

/** Runs all items, some at a time; the first that fails ends those that run, and no other is begun. */
async function runAll<Item>(
  items: readonly Item[],
  work: { limit: number; scope: Scope; runItem(item: Item, index: number, scope: Scope): Promise<Json> },
): Promise<Json[]> {
  const failed = new AbortController()
  const scope = { ...work.scope, signal: AbortSignal.any([work.scope.signal, failed.signal]) }
  const results = new Array<Json>(items.length).fill(null)
  const queue = items.entries()
  const worker = async () => {
    for (const [index, item] of queue) {
      scope.signal.throwIfAborted()
      results[index] = await work.runItem(item, index, scope)
    }
  }
  const workers = Array.from({ length: Math.min(work.limit, items.length) }, worker)
  try {
    await Promise.all(workers)
  } catch (error) {
    failed.abort()
    await Promise.allSettled(workers)
    throw error
  }
  return results
}

async function inputOf(
  state: State,
  input: Json,
  { item, index, context }: { item: Json; index: number; context: StatesContext },
): Promise<Json> {
  const selector = state['ItemSelector'] ?? state['Parameters']
  if (selector === undefined) return item
  const itemContext = { ...context, Map: { Item: { Index: index, Value: item } } }
  const selected = await evaluate({ v: selector }, input, itemContext)
  assertPayload(`The input of item ${index}`, selected)
  return selected
}

async function concurrencyOf(state: State, input: Json, { context }: Scope): Promise<number> {
  const path = state['MaxConcurrencyPath']
  const wanted = Number(path === undefined ? state['MaxConcurrency'] : await evaluate({ 'v.$': path }, input, context))
  // 0 or nothing: no limit of its own.
  return wanted > 0 ? Math.min(wanted, mostItemsAtOnce) : mostItemsAtOnce
}

/** The `v` of a payload template, by the library's own rules for paths and intrinsic functions. */
async function evaluate(
  template: { v: unknown } | { 'v.$': unknown },
  input: Json,
  context: StatesContext,
): Promise<Json> {
  const { StateMachine } = await import('aws-local-stepfunctions')
  const pass: Machine = { StartAt: 'Pass', States: { Pass: { Type: 'Pass', Parameters: template, End: true } } }
  const run = new StateMachine(flatten(pass), unchecked).run(input, { context })
  const result = await run.result.catch(error => {
    throw causeOf(error)
  })
  return typeof result === 'object' && result !== null && 'v' in result ? (result['v'] ?? null) : null
}

/** An item of a distributed Map is an execution of its own: with its own name, and its history is not its parent's. */
function ownExecution(scope: Scope): Scope {
  const name = randomUUID()
  const Execution = { ...scope.context.Execution, Name: name, Id: `${scope.context.Execution?.['Id']}/Map:${name}` }
  return { ...scope, context: { ...scope.context, Execution }, record: () => undefined }
}

function isTerminal(error: unknown): boolean {
  return error instanceof TaskError && !error.isCatchable
}

function runtimeError(message: string): TaskError {
  return new TaskError('States.Runtime', message, { isTerminal: true })
}

/** The library wraps what made an execution fail. */
function causeOf(reason: unknown): unknown {
  return reason instanceof Error && reason.name === 'ExecutionError' ? reason.cause : reason
}

import { type Engine, type EngineOptions, engineSettings } from '../engine.ts'
import { startJsonServer } from '../json-server.ts'
import { checkMachine } from './check-machine.ts'
import type { CallDynamoDb } from './dynamodb-tasks.ts'
import type { StateMachineRecord } from './execution-run.ts'
import { openExecutionStore } from './execution-store.ts'
import { createExecutions } from './executions.ts'
import { parseMachine } from './machine.ts'
import { stepFunctionsOperations } from './operations.ts'
import { canRun, type Invoke } from './tasks.ts'

/** A running Step Functions. */
export type StepFunctions = Engine & {
  /** Makes a machine startable; throws, saying each reason, when it cannot be run here as AWS runs it. */
  addStateMachine(machine: Omit<StateMachineRecord, 'machine'>): void
  /** Starts again what the end of an earlier process interrupted. */
  resume(): void
  /** Whether no execution runs. */
  isIdle(): boolean
  /** Interrupts what runs: the next `resume` starts it again. */
  interrupt(): Promise<void>
}

type Options = EngineOptions & {
  invoke: Invoke
  /** Without it, calls of DynamoDB fail. */
  callDynamoDb?: CallDynamoDb
  log?: (line: string) => void
}

/** 90 days: how long AWS keeps an execution that has ended, and its name. */
const keptMs = 90 * 86_400_000

/** Starts a Step Functions that keeps its executions in `dir`; the interpreter is loaded with the first of them. */
export async function startStepFunctions(options: Options): Promise<StepFunctions> {
  const settings = engineSettings(options)
  const { invoke, callDynamoDb = noDynamoDb, log = () => {} } = options
  const store = openExecutionStore(settings.dir)
  store.forget(settings.now() - keptMs)
  const machines = new Map<string, StateMachineRecord>()
  const executions = createExecutions({ store, invoke, callDynamoDb, log, ...settings }, machines)
  const operations = stepFunctionsOperations({ machines, store, executions })
  const service = {
    target: 'AWSStepFunctions',
    version: '1.0',
    operations,
    invalidInput: 'ValidationException',
  } as const
  const server = await startJsonServer(service, settings)
  return {
    url: server.url,
    addStateMachine: record => {
      const machine = parseMachine(record.definition)
      const problems = checkMachine(machine, canRun)
      if (problems.length > 0) throw new Error(`State machine ${record.name}:\n  ${problems.join('\n  ')}`)
      machines.set(record.arn, { ...record, machine })
    },
    resume: executions.resume,
    isIdle: executions.isIdle,
    interrupt: executions.interrupt,
    stop: async () => {
      await server.stop()
      await executions.interrupt()
      store.close()
    },
  }
}

async function noDynamoDb(): Promise<never> {
  throw new Error('No DynamoDB was given to this Step Functions.')
}

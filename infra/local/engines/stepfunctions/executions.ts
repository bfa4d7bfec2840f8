import { createHistory, endExecution, type Ground, runExecution, type StateMachineRecord } from './execution-run.ts'
import type { Execution } from './execution-store.ts'

type Machines = ReadonlyMap<string, StateMachineRecord>

/** The executions of all machines; nothing runs before `start` or `resume`. */
export type Executions = {
  /** Starts a new execution, whose ARN must not be taken; answers when it started, in milliseconds since 1970. */
  start(machine: StateMachineRecord, execution: Pick<Execution, 'arn' | 'name' | 'input'>): number
  /** Ends an execution: no further state of it begins. Does nothing to one that has ended. */
  stop(arn: string, reason: { error?: string | undefined; cause?: string | undefined }): void
  /** Starts again, from the beginning and with the same input, what the end of an earlier process interrupted. */
  resume(): void
  isIdle(): boolean
  /** Interrupts what runs; it stays RUNNING, for `resume` at the next start. */
  interrupt(): Promise<void>
}

/** Makes executions runnable. */
export function createExecutions(ground: Ground, machines: Machines): Executions {
  const running = createRunning(ground)
  const { store } = ground
  return {
    start: (machine, { arn, name, input }) => {
      const startedAt = ground.now()
      store.add(arn, machine.arn, name, input, startedAt)
      const unended = { output: null, error: null, cause: null, endedAt: null }
      running.begin(machine, { arn, machineArn: machine.arn, name, input, status: 'RUNNING', startedAt, ...unended })
      return startedAt
    },
    stop: (arn, { error, cause }) => {
      const reason = { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) }
      store.transaction(() => {
        const isEnded = endExecution(ground, arn, { status: 'ABORTED', ...reason })
        if (isEnded) createHistory(ground, arn)({ type: 'ExecutionAborted', ...reason })
      })
      running.abort(arn)
    },
    resume: () => {
      for (const execution of store.running().filter(({ arn }) => !running.has(arn))) {
        const machine = machines.get(execution.machineArn)
        store.removeEvents(execution.arn)
        if (machine) running.begin(machine, execution)
        if (!machine) endExecution(ground, execution.arn, { status: 'ABORTED', error: 'StateMachineDeleted' })
      }
    },
    isIdle: running.isEmpty,
    interrupt: running.abortAll,
  }
}

/** What runs in this process. */
function createRunning(ground: Ground) {
  const running = new Map<string, { controller: AbortController; done: Promise<void> }>()
  return {
    begin: (machine: StateMachineRecord, execution: Execution) => {
      const controller = new AbortController()
      const done = runExecution(ground, { machine, execution }, controller)
        .catch(error => ground.log(`${machine.name} ${execution.name}: ${error}`))
        .finally(() => running.delete(execution.arn))
      running.set(execution.arn, { controller, done })
    },
    has: (arn: string) => running.has(arn),
    isEmpty: () => running.size === 0,
    abort: (arn: string) => running.get(arn)?.controller.abort(),
    abortAll: async () => {
      for (const { controller } of running.values()) controller.abort()
      await Promise.all([...running.values()].map(({ done }) => done))
    },
  }
}

import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { AwsError } from '../aws-error.ts'
import { type Operation, operation, type Permission } from '../json-server.ts'
import type { StateMachineRecord } from './execution-run.ts'
import type { Execution, ExecutionStore } from './execution-store.ts'
import type { Executions } from './executions.ts'
import { payloadLimitBytes } from './json.ts'

type Machines = ReadonlyMap<string, StateMachineRecord>
type Parts = { machines: Machines; store: ExecutionStore; executions: Executions }

const machineInput = z.object({ stateMachineArn: z.string() })
const executionInput = z.object({ executionArn: z.string() })
const page = { maxResults: z.int().min(0).max(1000).optional(), nextToken: z.string().optional() }

const startInput = machineInput.extend({
  name: z
    .string()
    .min(1)
    .max(80)
    .regex(/^[\w.+!@()='-]+$/, 'letters, digits, - and _ only')
    .optional(),
  input: z.string().default('{}'),
})
const stopInput = executionInput.extend({
  error: z.string().max(256).optional(),
  cause: z.string().max(32_768).optional(),
})
const describeInput = executionInput.extend({ includedData: z.enum(['ALL_DATA', 'METADATA_ONLY']).default('ALL_DATA') })
const listInput = machineInput.extend({
  statusFilter: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']).optional(),
  ...page,
})
const historyInput = executionInput.extend({ reverseOrder: z.boolean().default(false), ...page })

/** All operations of the engine. */
export function stepFunctionsOperations(parts: Parts): Record<string, Operation> {
  const { machines, store, executions } = parts
  return {
    StartExecution: operation({
      input: startInput,
      needs: ({ stateMachineArn }) => [{ action: 'states:StartExecution', resource: stateMachineArn }],
      run: input => start(parts, input),
    }),
    StopExecution: operation({
      input: stopInput,
      needs: ({ executionArn }) => [{ action: 'states:StopExecution', resource: executionArn }],
      run: ({ executionArn, error, cause }) => {
        findExecution(store, executionArn)
        executions.stop(executionArn, { error, cause })
        return { stopDate: seconds(findExecution(store, executionArn).endedAt) }
      },
    }),
    DescribeExecution: operation({
      input: describeInput,
      needs: ({ executionArn, includedData }) =>
        readingNeeds(parts, { action: 'states:DescribeExecution', executionArn, isData: includedData === 'ALL_DATA' }),
      run: ({ executionArn, includedData }) =>
        describe(findExecution(store, executionArn), includedData === 'METADATA_ONLY'),
    }),
    GetExecutionHistory: operation({
      input: historyInput,
      needs: ({ executionArn }) =>
        readingNeeds(parts, { action: 'states:GetExecutionHistory', executionArn, isData: true }),
      run: input => history(store, input),
    }),
    ListExecutions: operation({
      input: listInput,
      needs: ({ stateMachineArn }) => [{ action: 'states:ListExecutions', resource: stateMachineArn }],
      run: input => list(parts, input),
    }),
    DescribeStateMachine: operation({
      input: machineInput,
      needs: ({ stateMachineArn }) => [{ action: 'states:DescribeStateMachine', resource: stateMachineArn }],
      run: ({ stateMachineArn }) => {
        const { name, roleArn, definition } = findMachine(machines, stateMachineArn)
        return { stateMachineArn, name, roleArn, definition, status: 'ACTIVE', type: 'STANDARD', creationDate: 0 }
      },
    }),
  }
}

/** A name given again while its execution runs on the same input is the same call; else the name is taken. */
function start({ machines, store, executions }: Parts, wanted: z.infer<typeof startInput>) {
  const { stateMachineArn, name = randomUUID(), input } = wanted
  const machine = findMachine(machines, stateMachineArn)
  assertInput(input)
  const arn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`
  const known = store.byArn(arn)
  if (known === undefined)
    return { executionArn: arn, startDate: seconds(executions.start(machine, { arn, name, input })) }
  if (known.status === 'RUNNING' && known.input === input) {
    return { executionArn: arn, startDate: seconds(known.startedAt) }
  }
  throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`)
}

function assertInput(input: string): void {
  if (Buffer.byteLength(input) > payloadLimitBytes) {
    const message = `Value at 'input' failed to satisfy constraint: Member must have length less than or equal to ${payloadLimitBytes}`
    throw new AwsError('ValidationException', message)
  }
  try {
    JSON.parse(input)
  } catch (error) {
    throw new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${error}'`)
  }
}

function describe(execution: Execution, isMetadataOnly: boolean) {
  const { arn, machineArn, name, status, startedAt, endedAt, input, output, error, cause } = execution
  const data = {
    input,
    inputDetails: { included: true },
    ...(output !== null && { output, outputDetails: { included: true } }),
    ...(error !== null && { error }),
    ...(cause !== null && { cause }),
  }
  return {
    executionArn: arn,
    stateMachineArn: machineArn,
    name,
    status,
    startDate: seconds(startedAt),
    ...(endedAt !== null && { stopDate: seconds(endedAt) }),
    ...(!isMetadataOnly && data),
    redriveCount: 0,
  }
}

function history(store: ExecutionStore, input: z.infer<typeof historyInput>) {
  const { executionArn, reverseOrder, nextToken } = input
  findExecution(store, executionArn)
  const [limit, offset] = [input.maxResults || 100, Number(nextToken ?? 0)]
  const read = reverseOrder ? store.eventsReversed : store.events
  const rows = read(executionArn, limit + 1, offset)
  const events = rows.slice(0, limit).map(({ id, at, event }) => ({
    id,
    previousEventId: id - 1,
    timestamp: seconds(at),
    ...z.record(z.string(), z.unknown()).parse(JSON.parse(event)),
  }))
  return { events, ...(rows.length > limit && { nextToken: String(offset + limit) }) }
}

function list({ machines, store }: Parts, input: z.infer<typeof listInput>) {
  findMachine(machines, input.stateMachineArn)
  const [limit, offset] = [input.maxResults || 100, Number(input.nextToken ?? 0)]
  const rows = store.ofMachine(input.stateMachineArn, input.statusFilter ?? '%', limit + 1, offset)
  const executions = rows.slice(0, limit).map(execution => describe(execution, true))
  return { executions, ...(rows.length > limit && { nextToken: String(offset + limit) }) }
}

/** Whoever reads what an execution worked on must be able to decrypt it. */
function readingNeeds(
  { machines, store }: Parts,
  { action, executionArn, isData }: { action: string; executionArn: string; isData: boolean },
): Permission[] {
  const needed = { action, resource: executionArn }
  const keyArn = machines.get(store.byArn(executionArn)?.machineArn ?? '')?.keyArn
  return isData && keyArn !== undefined ? [needed, { action: 'kms:Decrypt', resource: keyArn }] : [needed]
}

function findMachine(machines: Machines, arn: string): StateMachineRecord {
  if (!/^arn:[\w-]+:states:[^:]+:\d+:stateMachine:[^:]+$/.test(arn)) {
    throw new AwsError('InvalidArn', `Invalid Arn: '${arn}'`)
  }
  const machine = machines.get(arn)
  if (machine) return machine
  throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`)
}

function findExecution(store: ExecutionStore, arn: string): Execution {
  if (!/^arn:[\w-]+:states:[^:]+:\d+:execution:[^:]+:[^:]+$/.test(arn)) {
    throw new AwsError('InvalidArn', `Invalid Arn: '${arn}'`)
  }
  const execution = store.byArn(arn)
  if (execution) return execution
  throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`)
}

/** AWS writes times as seconds. */
function seconds(ms: number | null): number {
  return (ms ?? 0) / 1000
}

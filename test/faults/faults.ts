import {
  ConditionalCheckFailedException,
  InternalServerError,
  ProvisionedThroughputExceededException,
  ThrottlingException,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb'
import {
  BatchGetCommand,
  BatchWriteCommand,
  GetCommand,
  type GetCommandInput,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { mockClient } from 'aws-sdk-client-mock'
import { openTable, type Table } from '#lib/store/table.ts'

const commands = {
  BatchGet: BatchGetCommand,
  BatchWrite: BatchWriteCommand,
  Get: GetCommand,
  Put: PutCommand,
  Query: QueryCommand,
  Scan: ScanCommand,
  TransactWrite: TransactWriteCommand,
  Update: UpdateCommand,
}
/** A DynamoDB operation that lib/store uses. */
export type Operation = keyof typeof commands
const operations: Operation[] = ['BatchGet', 'BatchWrite', 'Get', 'Put', 'Query', 'Scan', 'TransactWrite', 'Update']

/** What happens to a call: `send` does it for real. */
export type Fault = (send: () => Promise<unknown>, input: Record<string, unknown>) => Promise<unknown>

/** Puts faults between lib/ and its table: those of an operation happen in turn, then calls go through. */
export function injectFaults(table: Table) {
  const real = openTable(table.name)
  const waiting = new Map<Operation, Fault[]>()
  const calls: Operation[] = []
  const mock = mockClient(table.client)
  const meet = (operation: Operation, input: object, send: () => Promise<unknown>) => {
    calls.push(operation)
    const fault = waiting.get(operation)?.shift()
    return fault ? fault(send, { ...input }) : send()
  }
  for (const operation of operations) {
    const Command = commands[operation] as typeof GetCommand
    mock
      .on(Command)
      .callsFake((input: GetCommandInput) => meet(operation, input, () => real.client.send(new Command(input))))
  }
  return {
    /** Calls made so far, in order. */
    calls,
    /** The next calls of an operation go wrong, one fault each. */
    on(operation: Operation, ...faults: Fault[]) {
      waiting.set(operation, [...(waiting.get(operation) ?? []), ...faults])
    },
    /** Back to a table without faults. */
    stop() {
      mock.restore()
      real.client.destroy()
    },
  }
}

const metadata = (httpStatusCode: number) => ({ $metadata: { httpStatusCode }, message: 'injected' })

/** Errors that pass by themselves, as the SDK throws them when it has given up. */
export const outages: Record<string, () => Error> = {
  'too little capacity': () => new ProvisionedThroughputExceededException(metadata(400)),
  throttling: () => new ThrottlingException(metadata(400)),
  'a fault inside AWS': () => new InternalServerError(metadata(500)),
  'an answer of 503': () => Object.assign(new Error('injected'), { name: 'ServiceUnavailable', ...metadata(503) }),
  'a timeout': () => Object.assign(new Error('injected'), { name: 'TimeoutError' }),
  'a cut connection': () => Object.assign(new Error('injected'), { code: 'ECONNRESET' }),
}

/** Errors that are our own fault: nobody should be told to try again. */
export const mistakes: Record<string, () => Error> = {
  'a malformed request': () => Object.assign(new Error('injected'), { name: 'ValidationException', ...metadata(400) }),
  'a denied request': () => Object.assign(new Error('injected'), { name: 'AccessDeniedException', ...metadata(400) }),
  'a missing table': () =>
    Object.assign(new Error('injected'), { name: 'ResourceNotFoundException', ...metadata(400) }),
}

/** The call does not reach the table. */
export const fails =
  (error: () => Error): Fault =>
  async () => {
    throw error()
  }

/** The call does its work, but its answer is lost. */
export const lost =
  (error: () => Error = () => Object.assign(new Error('injected'), { name: 'TimeoutError' })): Fault =>
  async send => {
    await send()
    throw error()
  }

/** A transaction cancelled for one reason at its first item, or at every item. */
export const canceled = (...reasons: string[]) =>
  new TransactionCanceledException({ ...metadata(400), CancellationReasons: reasons.map(Code => ({ Code })) })

export const inProgress = () => new TransactionInProgressException(metadata(400))
/** Another transaction is at the item at this moment. */
export const met = () => new TransactionConflictException(metadata(400))
export const conditionFailed = () => new ConditionalCheckFailedException(metadata(400))

/** The same fault so many times. */
export const times = (count: number, fault: Fault): Fault[] => Array.from({ length: count }, () => fault)

import { DynamoDBClient, TransactionConflictException, TransactionInProgressException } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { unavailable } from '#lib/errors.ts'
import { isOutage } from '#lib/runtime/outage.ts'
import { addCapacity, createMeter, type Meter } from '#lib/store/meter.ts'

/** A DynamoDB table and the connection to it; one per container. */
export type Table = { name: string; client: DynamoDBDocumentClient }

/** The table as one request sees it: what it uses is summed in `meter`. */
export type Store = { table: Table; meter: Meter }

/**
 * Opens a table. Throttled, failed and timed-out calls are retried by the SDK with jitter, 5 attempts in all;
 * a transaction carries a client token, so a retry after a lost answer does nothing twice.
 */
export function openTable(name: string): Table {
  const base = new DynamoDBClient({
    maxAttempts: 5,
    retryMode: 'standard',
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, httpAgent: { keepAlive: true, maxSockets: 64 } },
  })
  return { name, client: DynamoDBDocumentClient.from(base, { marshallOptions: { removeUndefinedValues: true } }) }
}

/** A view of the table for one request. */
export function createStore(table: Table): Store {
  return { table, meter: createMeter() }
}

/**
 * Runs one call and adds what it used to the request's meter.
 * @throws CrmError `unavailable` when the table is overloaded or out of reach and the SDK has given up; a refused
 * condition or transaction is thrown as it is.
 */
export async function metered<T>(store: Store, kind: 'read' | 'write', call: () => Promise<T>): Promise<T> {
  const start = performance.now()
  try {
    const answer = await call()
    addCapacity(store.meter, kind, answer, performance.now() - start)
    return answer
  } catch (error) {
    // Our own transaction, sent again while the first try still runs, or another's on the same item: the caller knows what to do.
    const isMet = error instanceof TransactionInProgressException || error instanceof TransactionConflictException
    if (isMet || !isOutage(error)) throw error
    throw unavailable('The table does not answer. Retrying is safe.', error)
  }
}

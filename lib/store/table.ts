import { DynamoDBClient, TransactionConflictException, TransactionInProgressException } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { unavailable } from '#lib/errors.ts'
import { isOutage } from '#lib/runtime/outage.ts'
import { addCapacity, createMeter, type Meter } from '#lib/store/meter.ts'

/** A DynamoDB table and the connection to it; one per container. */
export type Table = { name: string; client: DynamoDBDocumentClient }

/** The table as one request sees it: what it uses is summed in `meter`. */
export type Store = { table: Table; meter: Meter }

/** How long a connection may take, and how long one may say nothing while a call waits on it, in milliseconds. */
type Patience = { connectionTimeout: number; socketTimeout: number }

/** 5 s of silence: what DynamoDB does in one call takes less than one. Waiting for a free connection is not silence. */
const patience: Patience = { connectionTimeout: 1_000, socketTimeout: 5_000 }

/**
 * Opens a table. Throttled, failed and unanswered calls are retried by the SDK with jitter, 5 attempts in all;
 * a transaction carries a client token, so a retry after a lost answer does nothing twice.
 */
export function openTable(name: string, { connectionTimeout, socketTimeout }: Patience = patience): Table {
  const base = new DynamoDBClient({
    maxAttempts: 5,
    retryMode: 'standard',
    // Not its requestTimeout: that only warns, and counts the wait for a free connection too.
    requestHandler: { connectionTimeout, socketTimeout, httpAgent: { keepAlive: true, maxSockets: 64 } },
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

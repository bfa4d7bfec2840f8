import { TransactionCanceledException, TransactionInProgressException } from '@aws-sdk/client-dynamodb'
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb'
import { type CrmError, idempotencyInFlight, unavailable } from '#lib/errors.ts'
import { pauseMs } from '#lib/store/backoff.ts'
import { metered, type Store } from '#lib/store/table.ts'

/** 100: DynamoDB's ceiling for a transaction. */
export const transactionLimit = 100

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number]

/** What an item of a transaction is for: tells why a transaction was refused. */
export type Purpose =
  | { kind: 'record' | 'change'; id: string; operation: number }
  | { kind: 'unique'; field: string; pointer: string; operation: number }
  | { kind: 'match' | 'idempotency'; operation: number }

/** One item of a transaction with its purpose. */
export type Step = { item: TransactItem; purpose: Purpose }

/** A condition that did not hold, with the id of the record that stood in the way, where it is known. */
export type Refusal = { purpose: Purpose; existingId: string | undefined }

/** 8: about 5 s of waiting in the worst case, within a request's 29 s. */
const attempts = 8

/**
 * Writes all steps or none. Conflicts with other transactions and throttling are retried with jitter under the same token.
 * @returns the conditions that did not hold; empty when everything was written.
 * @throws CrmError `unavailable` when the table stays overloaded, `idempotency_in_flight` when a twin of the request runs.
 */
export async function transact(store: Store, steps: readonly Step[], token: string): Promise<Refusal[]> {
  const { table } = store
  const command = () =>
    new TransactWriteCommand({
      TransactItems: steps.map(step => step.item),
      ClientRequestToken: token,
      ReturnConsumedCapacity: 'TOTAL',
    })
  for (let attempt = 1; ; attempt++) {
    try {
      await metered(store, 'write', () => table.client.send(command()))
      return []
    } catch (error) {
      const refusals = refusalsOf(error, steps)
      if (refusals.length > 0) return refusals
      if (!isPassing(error)) throw error
      if (attempt === attempts) throw tooBusy(error, steps)
      await pauseMs(attempt)
    }
  }
}

/** Another request with the same Idempotency-Key holding the key's item is the client's to wait for; all else is load. */
function tooBusy(error: unknown, steps: readonly Step[]): CrmError {
  const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : []
  const isInFlight = reasons.some(
    ({ Code }, i) => Code === 'TransactionConflict' && steps[i]?.purpose.kind === 'idempotency',
  )
  return isInFlight ? idempotencyInFlight() : unavailable('The table is overloaded. Try again in a few seconds.', error)
}

function refusalsOf(error: unknown, steps: readonly Step[]): Refusal[] {
  if (!(error instanceof TransactionCanceledException)) return []
  return (error.CancellationReasons ?? []).flatMap((reason, i) => {
    const step = steps[i]
    if (reason.Code !== 'ConditionalCheckFailed' || !step) return []
    return [{ purpose: step.purpose, existingId: reason.Item?.['id']?.S }]
  })
}

/** Cancelled for load or by another transaction at the same moment: worth another try. */
function isPassing(error: unknown): boolean {
  if (error instanceof TransactionInProgressException) return true
  if (!(error instanceof TransactionCanceledException)) return false
  const passing = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded', 'RequestLimitExceeded']
  return (error.CancellationReasons ?? []).some(reason => passing.includes(reason.Code ?? ''))
}

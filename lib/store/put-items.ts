import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb'
import { unavailable } from '#lib/errors.ts'
import { pauseMs } from '#lib/store/backoff.ts'
import type { Key } from '#lib/store/keys.ts'
import { metered, type Store } from '#lib/store/table.ts'

/** What becomes of an item: it is put as it is here or, without one, deleted. */
export type ItemChange = { key: Key; item?: Record<string, unknown> }

/** 25: DynamoDB's ceiling for a BatchWriteItem. */
const batchLimit = 25

/**
 * Puts and deletes items as they are, without any of the records' rules: only for a table that nobody else works with. No key
 * may come twice.
 * @throws CrmError `unavailable` when the table stays overloaded; doing it again is safe.
 */
export async function putItems(store: Store, changes: readonly ItemChange[]): Promise<void> {
  for (let from = 0; from < changes.length; from += batchLimit)
    await putBatch(store, changes.slice(from, from + batchLimit).map(requestOf))
}

type Requests = NonNullable<ConstructorParameters<typeof BatchWriteCommand>[0]['RequestItems']>[string]

async function putBatch({ table, ...rest }: Store, requests: Requests): Promise<void> {
  let left: Requests = requests
  for (let attempt = 0; left.length > 0; attempt++) {
    if (attempt === 8) throw unavailable('The table is overloaded. Try again in a few seconds.')
    if (attempt > 0) await pauseMs(attempt)
    const command = new BatchWriteCommand({ RequestItems: { [table.name]: left }, ReturnConsumedCapacity: 'TOTAL' })
    const answer = await metered({ table, ...rest }, 'write', () => table.client.send(command))
    left = answer.UnprocessedItems?.[table.name] ?? []
  }
}

function requestOf({ key, item }: ItemChange): Requests[number] {
  return item ? { PutRequest: { Item: item } } : { DeleteRequest: { Key: key } }
}

import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb'
import { unavailable } from '#lib/errors.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'
import { pauseMs } from '#lib/store/backoff.ts'
import type { Key } from '#lib/store/keys.ts'
import { metered, type Store } from '#lib/store/table.ts'

/** An item to put or to delete, whatever is there. */
export type WriteRequest = { PutRequest: { Item: Key & Record<string, unknown> } } | { DeleteRequest: { Key: Key } }

/** 25: DynamoDB's ceiling for a BatchWriteItem. */
const writeLimit = 25
/** 4 batches at once: enough to fill the time of a round trip, few enough to leave the API its share. */
const batchesInFlight = 4
/** 8 tries, 4 seconds in all: then the caller's own retry takes over. */
const maxTries = 8

/**
 * Puts and deletes items without conditions, in batches; safe to repeat. No two may be of one key.
 * @throws CrmError `unavailable`, saying `busy`, when the table stays overloaded.
 */
export async function writeBatches(store: Store, requests: readonly WriteRequest[], busy: string): Promise<void> {
  const batches: WriteRequest[][] = []
  for (let start = 0; start < requests.length; start += writeLimit)
    batches.push(requests.slice(start, start + writeLimit))
  await inParallel(batches, batchesInFlight, batch => writeBatch(store, batch, busy))
}

async function writeBatch(store: Store, requests: WriteRequest[], busy: string): Promise<void> {
  let left = requests
  for (let attempt = 0; left.length > 0; attempt++) {
    if (attempt === maxTries) throw unavailable(busy)
    if (attempt > 0) await pauseMs(attempt)
    const command = new BatchWriteCommand({
      RequestItems: { [store.table.name]: left },
      ReturnConsumedCapacity: 'TOTAL',
    })
    const answer = await metered(store, 'write', () => store.table.client.send(command))
    left = (answer.UnprocessedItems?.[store.table.name] ?? []) as WriteRequest[]
  }
}

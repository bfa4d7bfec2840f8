import { ScanCommand } from '@aws-sdk/lib-dynamodb'
import type { Key } from '#lib/store/keys.ts'
import { metered, type Store } from '#lib/store/table.ts'

/** A share of a table, and the item after which it goes on. */
export type Segment = { segment: number; segments: number; after?: Key | undefined }

/** 1,000 items are about 1 MB. Without a limit the local engine reads all that is left of the share for each page. */
const pageItems = 1_000

/** A page of all items of a share, whatever they are, read strongly consistent; `next` unless it is the last. */
export async function scanPage(
  store: Store,
  { segment, segments, after }: Segment,
): Promise<{ items: Record<string, unknown>[]; next?: Key }> {
  const command = new ScanCommand({
    TableName: store.table.name,
    ConsistentRead: true,
    Limit: pageItems,
    ReturnConsumedCapacity: 'TOTAL',
    ...(segments > 1 && { Segment: segment, TotalSegments: segments }),
    ...(after && { ExclusiveStartKey: after }),
  })
  const { Items = [], LastEvaluatedKey } = await metered(store, 'read', () => store.table.client.send(command))
  return { items: Items, ...(LastEvaluatedKey && { next: LastEvaluatedKey as Key }) }
}

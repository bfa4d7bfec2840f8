import { createHash } from 'node:crypto'
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { idempotencyItemKey, type Key } from '#lib/store/keys.ts'
import { metered, type Store } from '#lib/store/table.ts'

/** `begun`: it is the caller's to make; `done`: it was made; `busy`: another is at it. */
export type DeliveryState = 'begun' | 'done' | 'busy'

/** 2 minutes: longer than a function that delivers may run, so that who has not ended it by then is dead. */
const leaseSeconds = 120
/** 40 days: longer than anything comes back, from a queue or a dead-letter queue. */
const keptSeconds = 3_456_000

/** Takes a delivery on that must be made once; of two callers at once exactly one begins. */
export async function beginDelivery(store: Store, key: string, now: Date): Promise<DeliveryState> {
  const seconds = Math.floor(now.getTime() / 1000)
  const item = { state: 'begun', until: seconds + leaseSeconds, ttl: seconds + keptSeconds }
  const put = new PutCommand({
    TableName: store.table.name,
    Item: { ...keyOf(key), ...item },
    ConditionExpression: 'attribute_not_exists(pk) OR (#state = :begun AND #until <= :now) OR #ttl <= :now',
    ExpressionAttributeNames: { '#state': 'state', '#until': 'until', '#ttl': 'ttl' },
    ExpressionAttributeValues: { ':begun': 'begun', ':now': seconds },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  })
  try {
    await metered(store, 'write', () => store.table.client.send(put))
    return 'begun'
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error
    return error.Item?.['state']?.S === 'done' ? 'done' : 'busy'
  }
}

/** Notes that a delivery was made. */
export async function endDelivery(store: Store, key: string, now: Date): Promise<void> {
  const ttl = Math.floor(now.getTime() / 1000) + keptSeconds
  const put = new PutCommand({ TableName: store.table.name, Item: { ...keyOf(key), state: 'done', ttl } })
  await metered(store, 'write', () => store.table.client.send(put))
}

/** Forgets a delivery that was begun and surely not made. */
export async function dropDelivery(store: Store, key: string): Promise<void> {
  const remove = new DeleteCommand({ TableName: store.table.name, Key: keyOf(key) })
  await metered(store, 'write', () => store.table.client.send(remove))
}

/** By its hash: keys name people and records, and may be long. */
function keyOf(key: string): Key {
  return idempotencyItemKey(`delivery#${createHash('sha256').update(key).digest('hex')}`)
}

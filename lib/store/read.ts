import { BatchGetCommand, GetCommand } from '@aws-sdk/lib-dynamodb'
import { unavailable } from '#lib/errors.ts'
import { pauseMs } from '#lib/store/backoff.ts'
import { readGathered, textOf } from '#lib/store/gather.ts'
import type { Change, Checked, IdempotencyOutcome, StoredRecord } from '#lib/store/items.ts'
import { changeKey, idempotencyItemKey, type Key, recordKey, uniqueKey } from '#lib/store/keys.ts'
import { metered, type Store } from '#lib/store/table.ts'

/** 100: DynamoDB's ceiling for a BatchGetItem. */
const batchLimit = 100

/** The record with that id, read strongly consistent; deleted ones too. */
export async function readRecord(store: Store, id: string): Promise<StoredRecord | undefined> {
  return (await readRecords(store, [id])).get(id)
}

/** The records with those ids, by id; missing ones are absent. */
export async function readRecords(store: Store, ids: readonly string[]): Promise<Map<string, StoredRecord>> {
  const found = await readItems(store, ids.map(recordKey))
  return new Map(
    ids.flatMap(id => {
      const item = found.get(textOf(recordKey(id)))
      return item ? [[id, toRecord(item)] as const] : []
    }),
  )
}

/** One change of a record. */
export async function readChange(store: Store, id: string, version: number): Promise<Change | undefined> {
  const item = await getItem(store, changeKey(id, version))
  return item && toChange(item)
}

/** The id of the record that holds a unique value. */
export async function readUniqueHolder(
  store: Store,
  object: string,
  unique: { field: string; value: string },
): Promise<string | undefined> {
  const [holder] = await readUniqueHolders(store, object, [unique])
  return holder
}

/** The ids of the records that hold unique values, in the order of the values; undefined where none does. */
export async function readUniqueHolders(
  store: Store,
  object: string,
  uniques: readonly { field: string; value: string }[],
): Promise<(string | undefined)[]> {
  const keys = uniques.map(({ field, value }) => uniqueKey(object, field, value))
  const found = await readItems(store, keys)
  return keys.map(key => found.get(textOf(key))?.['id'] as string | undefined)
}

/** What an earlier request with that key did; nothing once its day is over, even if not yet swept. */
export async function readIdempotency(store: Store, key: string, now: Date): Promise<IdempotencyOutcome | undefined> {
  const item = await getItem(store, idempotencyItemKey(key))
  if (!item || (item['ttl'] as number) * 1000 <= now.getTime()) return undefined
  return { requestHash: item['requestHash'], writes: item['writes'] } as IdempotencyOutcome
}

/** An item as a record, without its keys. */
export function toRecord(item: Record<string, unknown>): StoredRecord {
  const { id, object, version, fields, createdAt, createdBy, updatedAt, updatedBy, deletedAt, mergedInto, checked } =
    item
  const record = { id, object, version, fields, createdAt, createdBy, updatedAt, updatedBy } as StoredRecord
  if (deletedAt) record.deletedAt = deletedAt as string
  if (mergedInto) record.mergedInto = mergedInto as string
  if (checked) record.checked = checked as Checked
  return record
}

/** An item as a change, without its keys. */
export function toChange(item: Record<string, unknown>): Change {
  const { pk: _pk, sk: _sk, ...change } = item
  return change as Change
}

/** Any item by its key, read strongly consistent. */
export async function getItem(store: Store, key: Key): Promise<Record<string, unknown> | undefined> {
  const { table } = store
  const command = new GetCommand({
    TableName: table.name,
    Key: key,
    ConsistentRead: true,
    ReturnConsumedCapacity: 'TOTAL',
  })
  const answer = await metered(store, 'read', () => table.client.send(command))
  return answer.Item
}

/** Items by `textOf` their keys, read with whatever else the request asks for at this moment. */
async function readItems(store: Store, keys: readonly Key[]): Promise<Map<string, Record<string, unknown>>> {
  if (keys.length === 0) return new Map()
  return readGathered(store, keys, async distinct => {
    const [only] = distinct
    if (only && distinct.length === 1) {
      const item = await getItem(store, only)
      return item ? [item] : []
    }
    const pages = Array.from({ length: Math.ceil(distinct.length / batchLimit) }, (_, i) =>
      batchGet(store, distinct.slice(i * batchLimit, (i + 1) * batchLimit)),
    )
    return (await Promise.all(pages)).flat()
  })
}

/**
 * Up to 100 items by their keys, read strongly consistent; missing ones are absent.
 * @throws CrmError `unavailable` when the table stays overloaded.
 */
export async function batchGet(store: Store, keys: Key[]): Promise<Record<string, unknown>[]> {
  const { table } = store
  const items: Record<string, unknown>[] = []
  let left = keys
  for (let attempt = 0; left.length > 0; attempt++) {
    if (attempt === 8) throw unavailable('The table is overloaded. Try again in a few seconds.')
    if (attempt > 0) await pauseMs(attempt)
    const command = new BatchGetCommand({
      RequestItems: { [table.name]: { Keys: left, ConsistentRead: true } },
      ReturnConsumedCapacity: 'TOTAL',
    })
    const answer = await metered(store, 'read', () => table.client.send(command))
    items.push(...(answer.Responses?.[table.name] ?? []))
    left = (answer.UnprocessedKeys?.[table.name]?.Keys ?? []) as Key[]
  }
  return items
}

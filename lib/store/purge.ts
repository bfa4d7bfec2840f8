import { randomUUID } from 'node:crypto'
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { DeleteCommand } from '@aws-sdk/lib-dynamodb'
import { dropMembership, pairKey, readDuplicateNotes } from '#lib/store/duplicate-items.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { recordKey } from '#lib/store/keys.ts'
import { readSlice } from '#lib/store/query.ts'
import { readRecord } from '#lib/store/read.ts'
import { metered, type Store } from '#lib/store/table.ts'
import { type Step, transact, transactionLimit } from '#lib/store/transaction.ts'

/**
 * Deletes a record of the recycle bin for good: the record, its changes, what is noted about its duplicates. The record goes
 * first, on condition that it is as it was seen, and the rest follows; called again after a kill it deletes what is left.
 * @returns false when the record was restored or changed since it was seen: nothing is deleted then.
 */
export async function purgeRecord(store: Store, record: Pick<StoredRecord, 'id' | 'version'>): Promise<boolean> {
  if (!(await deleteRecord(store, record)) && (await readRecord(store, record.id))) return false
  const partition = recordKey(record.id).pk
  await deleteAll(store, await keysIn(store, partition))
  await forgetDuplicates(store, record.id)
  return true
}

async function deleteRecord(store: Store, { id, version }: Pick<StoredRecord, 'id' | 'version'>): Promise<boolean> {
  const command = new DeleteCommand({
    TableName: store.table.name,
    Key: recordKey(id),
    ConditionExpression: '#version = :version AND attribute_exists(#deletedAt)',
    ExpressionAttributeNames: { '#version': 'version', '#deletedAt': 'deletedAt' },
    ExpressionAttributeValues: { ':version': version },
    ReturnConsumedCapacity: 'TOTAL',
  })
  try {
    await metered(store, 'write', () => store.table.client.send(command))
    return true
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false
    throw error
  }
}

async function keysIn(store: Store, pk: string): Promise<{ pk: string; sk: string }[]> {
  const keys: { pk: string; sk: string }[] = []
  for (let after: string | undefined; ; ) {
    const { rows, isLast } = await readSlice(store, { pk }, { limit: 500, descending: false, after })
    keys.push(...rows.map(({ sort }) => ({ pk, sk: sort })))
    after = rows.at(-1)?.sort
    if (isLast || after === undefined) return keys
  }
}

/** Its half of each pair goes last: it tells where the other halves are. */
async function forgetDuplicates(store: Store, id: string): Promise<void> {
  const { pairs, groupIds } = await readDuplicateNotes(store, id)
  if (pairs.length + groupIds.length === 0) return
  await deleteAll(
    store,
    pairs.map(({ other }) => pairKey({ id: other, other: id })),
  )
  await write(
    store,
    groupIds.map(groupId => dropMembership(store.table.name, id, groupId)),
  )
  await deleteAll(
    store,
    pairs.map(({ other }) => pairKey({ id, other })),
  )
}

function deleteAll(store: Store, keys: readonly { pk: string; sk: string }[]): Promise<void> {
  const purpose = { kind: 'match', operation: 0 } as const
  return write(
    store,
    keys.map(key => ({ purpose, item: { Delete: { TableName: store.table.name, Key: key } } })),
  )
}

async function write(store: Store, steps: readonly Step[]): Promise<void> {
  for (let at = 0; at < steps.length; at += transactionLimit)
    await transact(store, steps.slice(at, at + transactionLimit), randomUUID())
}

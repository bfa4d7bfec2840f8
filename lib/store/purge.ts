import { randomUUID } from 'node:crypto'
import { dropMembership, pairKey, readDuplicateNotes } from '#lib/store/duplicate-items.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { type Key, recordKey } from '#lib/store/keys.ts'
import { readRows } from '#lib/store/query.ts'
import { readRecord } from '#lib/store/read.ts'
import type { Store } from '#lib/store/table.ts'
import { type Step, transact, transactionLimit } from '#lib/store/transaction.ts'

/**
 * Deletes a record of the recycle bin for good: the record, its changes, what is noted about its duplicates. The record goes
 * together with its history, as far as one transaction takes it, on condition that it is as it was seen; called again after a
 * kill it deletes what is left.
 * @returns false when the record was restored or changed since it was seen: nothing is deleted then.
 */
export async function purgeRecord(store: Store, record: Pick<StoredRecord, 'id' | 'version'>): Promise<boolean> {
  const own = recordKey(record.id)
  const others = (await keysIn(store, own.pk)).filter(({ sk }) => sk !== own.sk)
  const together = others.slice(0, transactionLimit - 1)
  const steps = [deletionOf(store, record), ...together.map(key => deletion(store, key))]
  const isGone = (await transact(store, steps, randomUUID())).length === 0
  if (!isGone && (await readRecord(store, record.id))) return false
  await deleteAll(store, isGone ? others.slice(together.length) : others)
  await forgetDuplicates(store, record.id)
  return true
}

function deletionOf(store: Store, { id, version }: Pick<StoredRecord, 'id' | 'version'>): Step {
  return {
    purpose: { kind: 'record', id, operation: 0 },
    item: {
      Delete: {
        TableName: store.table.name,
        Key: recordKey(id),
        ConditionExpression: '#version = :version AND attribute_exists(#deletedAt)',
        ExpressionAttributeNames: { '#version': 'version', '#deletedAt': 'deletedAt' },
        ExpressionAttributeValues: { ':version': version },
      },
    },
  }
}

async function keysIn(store: Store, pk: string): Promise<Key[]> {
  const keys: Key[] = []
  for await (const { sort } of readRows(store, { pk }, { batch: 500 })) keys.push({ pk, sk: sort })
  return keys
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

function deleteAll(store: Store, keys: readonly Key[]): Promise<void> {
  return write(
    store,
    keys.map(key => deletion(store, key)),
  )
}

function deletion(store: Store, key: Key): Step {
  return { purpose: { kind: 'match', operation: 0 }, item: { Delete: { TableName: store.table.name, Key: key } } }
}

async function write(store: Store, steps: readonly Step[]): Promise<void> {
  for (let at = 0; at < steps.length; at += transactionLimit)
    await transact(store, steps.slice(at, at + transactionLimit), randomUUID())
}

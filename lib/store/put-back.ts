import { randomUUID } from 'node:crypto'
import type { Change, IndexKeys, StoredRecord } from '#lib/store/items.ts'
import { changeKey, recordKey } from '#lib/store/keys.ts'
import type { Store } from '#lib/store/table.ts'
import { type Step, transact } from '#lib/store/transaction.ts'

/** 8: a change is 380 KB at most, a transaction 4 MB. */
const changesAtOnce = 8

/**
 * Puts a record that was deleted for good back with its changes, as it stood in a backup; one that is there again stays as it
 * is. The record comes last: killed before, it is not there, and putting it back again does the rest.
 */
export async function putBack(
  store: Store,
  past: { record: StoredRecord; index: IndexKeys; changes: readonly Change[] },
): Promise<void> {
  const { record, index, changes } = past
  for (let at = 0; at < changes.length; at += changesAtOnce) {
    const steps = changes.slice(at, at + changesAtOnce).map(change => changeStep(store.table.name, change))
    await transact(store, steps, randomUUID())
  }
  const Item = { ...recordKey(record.id), ...record, ...index }
  const put = { TableName: store.table.name, Item, ConditionExpression: 'attribute_not_exists(pk)' }
  // Refused: another restore has put it back at this moment.
  await transact(
    store,
    [{ purpose: { kind: 'record', id: record.id, operation: 0 }, item: { Put: put } }],
    randomUUID(),
  )
}

function changeStep(tableName: string, change: Change): Step {
  const { id, version } = change
  const Item = { ...changeKey(id, version), ...change }
  return { purpose: { kind: 'change', id, operation: 0 }, item: { Put: { TableName: tableName, Item } } }
}

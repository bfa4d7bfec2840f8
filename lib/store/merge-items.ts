import { recordKey } from '#lib/store/keys.ts'
import { readSlice } from '#lib/store/query.ts'
import type { Store } from '#lib/store/table.ts'
import type { Step } from '#lib/store/transaction.ts'

/** A record that hung on an absorbed one and was moved to its survivor: kept with the merge, so that it can be moved back. */
export type MovedChild = {
  object: string
  id: string
  /** The field by which it hangs on its parent. */
  field: string
  from: string
  /** Somebody moved it on before the merge was undone. */
  stayed?: boolean
}

const prefix = 'C#'

/** Notes a child that is moved in the same transaction. */
export function noteMoved(tableName: string, mergeId: string, child: MovedChild): Step {
  return {
    purpose: { kind: 'match', operation: 0 },
    item: { Put: { TableName: tableName, Item: { ...movedKey(mergeId, child), ...child } } },
  }
}

/** Forgets a child that is moved back in the same transaction. */
export function forgetMoved(tableName: string, mergeId: string, child: MovedChild): Step {
  return {
    purpose: { kind: 'match', operation: 0 },
    item: { Delete: { TableName: tableName, Key: movedKey(mergeId, child) } },
  }
}

/** Lets the transaction pass only while the merge is in this state. */
export function checkMergeState(tableName: string, mergeId: string, state: string): Step {
  return {
    purpose: { kind: 'record', id: mergeId, operation: 0 },
    item: {
      ConditionCheck: {
        TableName: tableName,
        Key: recordKey(mergeId),
        ConditionExpression: '#fields.#state = :state',
        ExpressionAttributeNames: { '#fields': 'fields', '#state': 'state' },
        ExpressionAttributeValues: { ':state': state },
      },
    },
  }
}

/** Up to `limit` children that a merge moved, after a position; without `next` there are no more. */
export async function readMoved(
  store: Store,
  mergeId: string,
  slice: { limit: number; after?: string | undefined },
): Promise<{ children: MovedChild[]; next?: string }> {
  const partition = { pk: recordKey(mergeId).pk, prefix }
  const { rows, isLast } = await readSlice(store, partition, { ...slice, descending: false })
  const children = rows.map(({ item }) => toMoved(item))
  const next = rows.at(-1)?.sort
  return isLast || next === undefined ? { children } : { children, next }
}

function movedKey(mergeId: string, { object, id, field }: MovedChild) {
  return { pk: recordKey(mergeId).pk, sk: `${prefix}${object}#${id}#${field}` }
}

function toMoved(item: Record<string, unknown>): MovedChild {
  const { pk: _pk, sk: _sk, ...child } = item
  return child as MovedChild
}

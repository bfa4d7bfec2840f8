import type { Change, IdempotencyOutcome, IndexKeys, MatchEntry, StoredRecord, UniqueValue } from '#lib/store/items.ts'
import { changeKey, idempotencyItemKey, matchPartition, recordKey, uniqueKey } from '#lib/store/keys.ts'
import type { Step } from '#lib/store/transaction.ts'

/** Unique values and look-up entries to add or drop with a write. */
export type KeyChanges = {
  claim: UniqueValue[]
  release: UniqueValue[]
  addMatches: MatchEntry[]
  dropMatches: MatchEntry[]
}

/**
 * One record's part of a transaction: its new state, what changed and the keys that follow. `operation` tells the writes
 * of a batch apart.
 */
export type RecordWrite = {
  record: StoredRecord
  change: Change
  index: IndexKeys
  keys: KeyChanges
  operation: number
}

/** 24 hours in seconds: how long an Idempotency-Key is remembered. */
const idempotencySeconds = 86_400

/** The steps of several records' writes. A unique value that one of them gives up and another takes moves in one step. */
export function writeSteps(tableName: string, writes: readonly RecordWrite[]): Step[] {
  const holders = new Map(writes.flatMap(write => write.keys.release.map(unique => [keyText(write, unique), write])))
  const taken = new Set(writes.flatMap(write => write.keys.claim.map(unique => keyText(write, unique))))
  return writes.flatMap(write => {
    const release = write.keys.release.filter(unique => !taken.has(keyText(write, unique)))
    const claims = write.keys.claim.map(unique =>
      claimStep(tableName, write, unique, holders.get(keyText(write, unique))?.record.id),
    )
    return [...recordSteps(tableName, { ...write, keys: { ...write.keys, release } }), ...claims]
  })
}

/** The record on condition of its version, its change, its match keys and the unique values it gives up. */
function recordSteps(tableName: string, write: RecordWrite): Step[] {
  const { record, change, keys, operation } = write
  return [
    recordStep(tableName, write),
    {
      purpose: { kind: 'change', id: record.id, operation },
      item: {
        Put: {
          TableName: tableName,
          Item: { ...changeKey(record.id, change.version), ...change },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
    },
    ...keys.release.map(unique => releaseStep(tableName, record, unique, operation)),
    ...keys.dropMatches.map(entry => matchStep(tableName, 'Delete', record, entry, operation)),
    ...keys.addMatches.map(entry => matchStep(tableName, 'Put', record, entry, operation)),
  ]
}

/** The step that remembers what a request did; refused when its key is in use and not yet expired. */
export function idempotencyStep(tableName: string, key: string, outcome: IdempotencyOutcome, now: Date): Step {
  const seconds = Math.floor(now.getTime() / 1000)
  return {
    purpose: { kind: 'idempotency', operation: 0 },
    item: {
      Put: {
        TableName: tableName,
        Item: { ...idempotencyItemKey(key), ...outcome, ttl: seconds + idempotencySeconds },
        ConditionExpression: 'attribute_not_exists(pk) OR #ttl <= :now',
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':now': seconds },
      },
    },
  }
}

function recordStep(tableName: string, { record, index, operation }: RecordWrite): Step {
  const put = { TableName: tableName, Item: { ...recordKey(record.id), ...record, ...index } }
  const purpose = { kind: 'record', id: record.id, operation } as const
  if (record.version === 1)
    return { purpose, item: { Put: { ...put, ConditionExpression: 'attribute_not_exists(pk)' } } }
  return {
    purpose,
    item: {
      Put: {
        ...put,
        ConditionExpression: '#version = :version',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':version': record.version - 1 },
      },
    },
  }
}

/** `holder` gives the value up in the same transaction. */
function claimStep(tableName: string, write: RecordWrite, unique: UniqueValue, holder: string | undefined): Step {
  const { record, operation } = write
  const put = {
    TableName: tableName,
    Item: { ...uniqueKey(record.object, unique.field, unique.value), id: record.id },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  } as const
  const condition =
    holder === undefined
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : {
          ConditionExpression: '#id = :id',
          ExpressionAttributeNames: { '#id': 'id' },
          ExpressionAttributeValues: { ':id': holder },
        }
  return {
    purpose: { kind: 'unique', field: unique.field, pointer: unique.pointer, operation },
    item: { Put: { ...put, ...condition } },
  }
}

function keyText({ record }: RecordWrite, { field, value }: UniqueValue): string {
  return JSON.stringify([record.object, field, value])
}

function releaseStep(tableName: string, record: StoredRecord, unique: UniqueValue, operation: number): Step {
  return {
    purpose: { kind: 'record', id: record.id, operation },
    item: {
      Delete: {
        TableName: tableName,
        Key: uniqueKey(record.object, unique.field, unique.value),
        ConditionExpression: '#id = :id',
        ExpressionAttributeNames: { '#id': 'id' },
        ExpressionAttributeValues: { ':id': record.id },
      },
    },
  }
}

function matchStep(
  tableName: string,
  verb: 'Put' | 'Delete',
  record: StoredRecord,
  entry: MatchEntry,
  operation: number,
): Step {
  const key = { pk: matchPartition(record.object, entry.kind, entry.value), sk: entry.sort }
  const purpose = { kind: 'match', operation } as const
  if (verb === 'Delete') return { purpose, item: { Delete: { TableName: tableName, Key: key } } }
  return { purpose, item: { Put: { TableName: tableName, Item: { ...key, id: record.id } } } }
}

import { BatchWriteCommand, type BatchWriteCommandInput } from '@aws-sdk/lib-dynamodb'
import { compileObject } from '#lib/records/compile.ts'
import { loadMatchKeys } from '#lib/records/load-match-keys.ts'
import { indexKeys, keyChanges } from '#lib/records/record-keys.ts'
import type { Change, StoredRecord } from '#lib/store/items.ts'
import { changeKey, matchPartition, recordKey } from '#lib/store/keys.ts'
import type { Table } from '#lib/store/table.ts'
import { contact } from '#schemas/objects/contact.ts'
import { customer } from '#schemas/objects/customer.ts'

/** 25: DynamoDB's ceiling for a BatchWriteItem. */
const batchSize = 25
/** 8 batches under way keep the engine busy. */
const inFlight = 8
/** Stores records as they are, past every check: with their history and keys, or bare (without a word to any consumer). */
export async function storeRecords(
  table: Table,
  records: readonly StoredRecord[],
  { listShards, bare = false }: { listShards: number; bare?: boolean },
): Promise<void> {
  await loadMatchKeys()
  const batches = batched(records, record => itemsOf(record, listShards, bare))
  const worker = async () => {
    for (const batch of batches) await putAll(table, batch)
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
}

/** Only these shape the keys; the tenants of tests have them so. */
const settings = { phoneRegion: 'CN', currency: 'CNY' }

type Item = Record<string, unknown>

function* batched(records: readonly StoredRecord[], itemsFor: (record: StoredRecord) => Item[]): Generator<Item[]> {
  let batch: Item[] = []
  for (const record of records)
    for (const item of itemsFor(record)) {
      batch.push(item)
      if (batch.length < batchSize) continue
      yield batch
      batch = []
    }
  if (batch.length > 0) yield batch
}

async function putAll({ client, name }: Table, items: Item[]): Promise<void> {
  let RequestItems: BatchWriteCommandInput['RequestItems'] = { [name]: items.map(Item => ({ PutRequest: { Item } })) }
  while (RequestItems?.[name]?.length)
    RequestItems = (await client.send(new BatchWriteCommand({ RequestItems }))).UnprocessedItems
}

function itemsOf(record: StoredRecord, listShards: number, bare: boolean): Item[] {
  const object = compileObject(record.object === 'customer' ? customer : contact, settings)
  const item = { ...recordKey(record.id), ...record, ...indexKeys(object, record, listShards) }
  if (bare) return [item]
  const keys = keyChanges(object, undefined, record).addMatches.map(({ kind, value, sort }) => ({
    pk: matchPartition(record.object, kind, value),
    sk: sort,
    id: record.id,
  }))
  return [item, ...historyOf(record).map(change => ({ ...changeKey(record.id, change.version), ...change })), ...keys]
}

function historyOf({ id, object, fields, createdAt, createdBy, deletedAt }: StoredRecord): Change[] {
  const common = { id, object, actorId: createdBy, requestId: 'made', source: 'import/made', writeId: `made ${id}` }
  const set = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { new: value }]))
  const created: Change = { ...common, version: 1, action: 'created', at: createdAt, changes: set }
  if (deletedAt === undefined) return [created]
  return [created, { ...common, version: 2, action: 'deleted', at: deletedAt, changes: {} }]
}

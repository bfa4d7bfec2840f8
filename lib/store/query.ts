import { QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb'
import { invalidCursor } from '#lib/errors.ts'
import { metered, type Store } from '#lib/store/table.ts'

/** Names of the indexes: of the records' table, and of the table of accesses. */
export type IndexName = 'byObject' | 'byOwner' | 'byParent' | AccessIndexName
export type AccessIndexName = (typeof accessIndexes)[number]

/** The indexes of the table of accesses; all are in the order of the table itself. */
export const accessIndexes = ['byActor', 'byAction', 'byRecord'] as const

/** One partition to read in order of its sort key. */
export type Partition = {
  /** None: the table itself, read strongly consistent. */
  index?: IndexName
  pk: string
  /** Only sort keys that begin so. */
  prefix?: string
}

/** Where in a partition to read. */
export type Slice = { limit: number; descending: boolean; after?: string | undefined }

/** An item and its sort key in the partition it was read from. */
export type Row = { sort: string; item: Record<string, unknown> }

/** 1,024 bytes: DynamoDB's ceiling for a sort key. */
const maxSortBytes = 1_024

/**
 * Reads up to `limit` rows of a partition that come after a sort key; `isLast` when there are no more.
 * A page that DynamoDB cuts at 1 MB is continued, so fewer rows always means the end.
 * @throws CrmError `invalid_cursor` when the position cannot be in the partition: it comes from a forged cursor.
 */
export async function readSlice(
  store: Store,
  partition: Partition,
  slice: Slice,
): Promise<{ rows: Row[]; isLast: boolean }> {
  checkPosition(partition, slice.after)
  const names = sortNames(partition.index)
  const rows: Row[] = []
  let startKey: Record<string, unknown> | undefined
  let isCut = false
  do {
    const input = queryInput(store.table.name, partition, slice)
    input.Limit = slice.limit - rows.length + (slice.after === undefined ? 0 : 1)
    if (startKey) input.ExclusiveStartKey = startKey
    const answer = await metered(store, 'read', () => store.table.client.send(new QueryCommand(input)))
    for (const item of answer.Items ?? []) {
      const sort = item[names.sk] as string
      if (sort === slice.after) continue
      if (rows.length < slice.limit) rows.push({ sort, item })
      else isCut = true
    }
    startKey = answer.LastEvaluatedKey
  } while (startKey && rows.length < slice.limit)
  return { rows, isLast: startKey === undefined && !isCut }
}

/** How a whole partition is read. */
type Reading = { batch: number; descending?: boolean }

/** All rows of a partition in the order of its sort key, read `batch` at a time as they are asked for. */
export async function* readRows(store: Store, partition: Partition, reading: Reading): AsyncGenerator<Row> {
  for await (const rows of readBatches(store, partition, reading)) yield* rows
}

/** The same, all that was read at a time together. */
export async function* readBatches(
  store: Store,
  partition: Partition,
  { batch, descending = false }: Reading,
): AsyncGenerator<Row[]> {
  for (let after: string | undefined, isLast = false; !isLast; ) {
    const slice = await readSlice(store, partition, { limit: batch, descending, after })
    yield slice.rows
    after = slice.rows.at(-1)?.sort
    isLast = slice.isLast || after === undefined
  }
}

function checkPosition({ prefix = '' }: Partition, after: string | undefined): void {
  if (after === undefined) return
  if (after === '' || !after.startsWith(prefix) || Buffer.byteLength(after) > maxSortBytes) throw invalidCursor()
}

function queryInput(tableName: string, partition: Partition, slice: Slice): QueryCommandInput {
  const names = sortNames(partition.index)
  const condition = sortCondition(partition, slice)
  const input: QueryCommandInput = {
    TableName: tableName,
    KeyConditionExpression: `#pk = :pk${condition.expression}`,
    ExpressionAttributeNames: condition.expression ? { '#pk': names.pk, '#sk': names.sk } : { '#pk': names.pk },
    ExpressionAttributeValues: { ':pk': partition.pk, ...condition.values },
    ScanIndexForward: !slice.descending,
    ReturnConsumedCapacity: 'TOTAL',
  }
  if (partition.index) input.IndexName = partition.index
  else input.ConsistentRead = true
  return input
}

/** A range that keeps prefix and position in one key condition; the row at the position itself is dropped by the reader. */
function sortCondition(partition: Partition, slice: Slice): { expression: string; values: Record<string, string> } {
  const { prefix } = partition
  const { after, descending } = slice
  if (prefix === undefined && after === undefined) return { expression: '', values: {} }
  if (prefix === undefined)
    return { expression: descending ? ' AND #sk <= :after' : ' AND #sk >= :after', values: { ':after': after ?? '' } }
  if (after === undefined) return { expression: ' AND begins_with(#sk, :prefix)', values: { ':prefix': prefix } }
  const low = descending ? prefix : after
  const high = descending ? after : `${prefix}\u{10FFFF}`
  return { expression: ' AND #sk BETWEEN :low AND :high', values: { ':low': low, ':high': high } }
}

function sortNames(index: IndexName | undefined): { pk: string; sk: string } {
  if (!index) return { pk: 'pk', sk: 'sk' }
  const isOwnOrder = !accessIndexes.some(name => name === index)
  return { pk: `${index}Pk`, sk: isOwnOrder ? `${index}Sk` : 'sk' }
}

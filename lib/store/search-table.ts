import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { BatchGetCommand, BatchWriteCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { unavailable } from '#lib/errors.ts'
import { pauseMs } from '#lib/store/backoff.ts'
import { metered, type Store } from '#lib/store/table.ts'

/** The tokens a record is found by, at a version of it. */
export type Indexed = { version: number; tokens: string[] }

type Request = { PutRequest: { Item: Record<string, string> } } | { DeleteRequest: { Key: Record<string, string> } }

/** 25: DynamoDB's ceiling for a BatchWriteItem. */
const writeLimit = 25

/** Ids of up to `limit` records of an object with a token that begins so. */
export async function readTokenIds(store: Store, object: string, prefix: string, limit: number): Promise<string[]> {
  const command = new QueryCommand({
    TableName: store.table.name,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': tokenPartition(object, prefix), ':prefix': prefix },
    Limit: limit,
    ReturnConsumedCapacity: 'TOTAL',
  })
  const answer = await metered(store, 'read', () => store.table.client.send(command))
  return (answer.Items ?? []).map(item => item['id'] as string)
}

/** What each of up to 100 records is indexed by now. */
export async function readIndexed(store: Store, ids: readonly string[]): Promise<Map<string, Indexed>> {
  const found = new Map<string, Indexed>()
  let left = ids.map(stateKey)
  for (let attempt = 0; left.length > 0; attempt++) {
    if (attempt > 0) await pause(attempt)
    const command = new BatchGetCommand({ RequestItems: { [store.table.name]: { Keys: left, ConsistentRead: true } } })
    const answer = await metered(store, 'read', () => store.table.client.send(command))
    for (const item of answer.Responses?.[store.table.name] ?? []) found.set(item['id'] as string, item as never)
    left = (answer.UnprocessedKeys?.[store.table.name]?.Keys ?? []) as typeof left
  }
  return found
}

/** Adds and drops token entries of records; safe to repeat. */
export async function writeTokens(
  store: Store,
  changes: readonly { object: string; id: string; add: readonly string[]; drop: readonly string[] }[],
): Promise<void> {
  const requests = changes.flatMap(({ object, id, add, drop }): Request[] => [
    ...add.map(token => ({ PutRequest: { Item: { ...tokenKey(object, token, id), id } } })),
    ...drop.map(token => ({ DeleteRequest: { Key: tokenKey(object, token, id) } })),
  ])
  for (let start = 0; start < requests.length; start += writeLimit)
    await writeBatch(store, requests.slice(start, start + writeLimit))
}

/** Notes what a record is indexed by; false when a later version was noted meanwhile. */
export async function noteIndexed(store: Store, id: string, indexed: Indexed): Promise<boolean> {
  const command = new PutCommand({
    TableName: store.table.name,
    Item: { ...stateKey(id), id, ...indexed },
    ConditionExpression: 'attribute_not_exists(pk) OR version <= :version',
    ExpressionAttributeValues: { ':version': indexed.version },
  })
  try {
    await metered(store, 'write', () => store.table.client.send(command))
    return true
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false
    throw error
  }
}

async function writeBatch(store: Store, requests: Request[]): Promise<void> {
  let left = requests
  for (let attempt = 0; left.length > 0; attempt++) {
    if (attempt > 0) await pause(attempt)
    const command = new BatchWriteCommand({ RequestItems: { [store.table.name]: left } })
    const answer = await metered(store, 'write', () => store.table.client.send(command))
    left = (answer.UnprocessedItems?.[store.table.name] ?? []) as Request[]
  }
}

async function pause(attempt: number): Promise<void> {
  if (attempt === 8) throw unavailable('The search index is overloaded. Try again in a few seconds.')
  await pauseMs(attempt)
}

/** Tokens are spread over partitions by how they begin: one Chinese character, or two of any other script. */
function tokenPartition(object: string, token: string): string {
  const [first = '', second = ''] = token
  return `S#${object}#${/\p{Script=Han}/u.test(first) ? first : first + second}`
}

function tokenKey(object: string, token: string, id: string) {
  return { pk: tokenPartition(object, token), sk: `${token}#${id}` }
}

function stateKey(id: string) {
  return { pk: `R#${id}`, sk: 'A' }
}

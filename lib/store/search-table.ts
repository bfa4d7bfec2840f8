import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import { type WriteRequest, writeBatches } from '#lib/store/batch-write.ts'
import { metered, type Store } from '#lib/store/table.ts'

/** Tokens to add to and drop from what leads to a record. */
export type TokenChange = { object: string; id: string; add: readonly string[]; drop: readonly string[] }

/** Ids of one page, and where the next one starts; no next: the list ends here. */
export type TokenPage = { ids: string[]; next?: TokenPosition }

/** A place in a list of tokens: the sort key of the last one read. */
export type TokenPosition = string

type Key = { pk: string; sk: string }
/** What is told when the table stays overloaded. */
const busy = 'The search index is overloaded. Try again in a few seconds.'

/** Ids of up to `limit` tokens of an object that begin so; of equal tokens the oldest record first. */
export async function readTokenPage(
  store: Store,
  object: string,
  { prefix, limit, after }: { prefix: string; limit: number; after?: TokenPosition | undefined },
): Promise<TokenPage> {
  const pk = tokenPartition(object, prefix)
  const command = new QueryCommand({
    TableName: store.table.name,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': pk, ':prefix': prefix },
    Limit: limit,
    ...(after !== undefined && { ExclusiveStartKey: { pk, sk: after } }),
    ReturnConsumedCapacity: 'TOTAL',
  })
  const answer = await metered(store, 'read', () => store.table.client.send(command))
  const ids = (answer.Items ?? []).map(item => item['id'] as string)
  const next = answer.LastEvaluatedKey?.['sk'] as string | undefined
  return next === undefined ? { ids } : { ids, next }
}

/** Adds and drops tokens of records, in batches across records; safe to repeat. */
export async function writeTokens(store: Store, changes: readonly TokenChange[]): Promise<void> {
  await writeBatches(
    store,
    changes.flatMap(({ object, id, add, drop }): WriteRequest[] => [
      ...add.map(token => ({ PutRequest: { Item: { ...tokenKey(object, token, id), id } } })),
      ...drop.map(token => ({ DeleteRequest: { Key: tokenKey(object, token, id) } })),
    ]),
    busy,
  )
}

/** Deletes items of the search table by their keys. */
export async function deleteSearchItems(store: Store, keys: readonly Key[]): Promise<void> {
  await writeBatches(
    store,
    keys.map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk, sk } } })),
    busy,
  )
}

/** The object, token and record of a token item's key; undefined for any other item. */
export function parseTokenKey({ pk, sk }: Key): { object: string; token: string; id: string } | undefined {
  const object = /^S#([^#]+)#/.exec(pk)?.[1]
  const end = sk.lastIndexOf('#')
  return object === undefined || end < 1 ? undefined : { object, token: sk.slice(0, end), id: sk.slice(end + 1) }
}

/** Where a token of a record stands. */
export function tokenKey(object: string, token: string, id: string): Key {
  return { pk: tokenPartition(object, token), sk: `${token}#${id}` }
}

/** Tokens are spread over partitions by how they begin: one character, or the sign and two digits of a phone number. */
function tokenPartition(object: string, token: string): string {
  const [first = '', ...others] = token.slice(0, 4)
  const isPhone = first === '+' || first === '-'
  return `S#${object}#${first}${isPhone ? others.slice(0, 2).join('') : ''}`
}

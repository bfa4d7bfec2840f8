import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { readSlice } from '#lib/store/query.ts'
import { metered, type Store } from '#lib/store/table.ts'

/**
 * Notes that somebody came from a country.
 * @returns whether that is new for them: they came from others before, and from this one never, but for `file`, which may be
 * looked at again.
 */
export async function noteCountry(
  store: Store,
  { actor, country, file, ttl }: { actor: string; country: string; file: string; ttl: number },
): Promise<boolean> {
  const pk = `C#${actor}`
  const { rows } = await readSlice(store, { pk }, { limit: 300, descending: false })
  const known = rows.find(({ sort }) => sort === country)
  if (known) return known.item['isNew'] === true && known.item['file'] === file
  const isNew = rows.length > 0
  const command = new PutCommand({
    TableName: store.table.name,
    Item: { pk, sk: country, file, isNew, ttl },
    ConditionExpression: 'attribute_not_exists(pk)',
    ReturnConsumedCapacity: 'TOTAL',
  })
  try {
    await metered(store, 'write', () => store.table.client.send(command))
    return isNew
  } catch (error) {
    // Another delivery was first, and tells of it.
    if (error instanceof ConditionalCheckFailedException) return false
    throw error
  }
}

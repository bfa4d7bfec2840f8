import { BatchGetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { recordKey } from '#lib/store/keys.ts'
import { tokenKey } from '#lib/store/search-table.ts'
import type { Engine } from './engine-client.ts'
import type { Call } from './measure.ts'
import type { Operation, World } from './operations.ts'

/** 100: DynamoDB's ceiling for a BatchGetItem. */
const readLimit = 100

/** By the two characters of a brand: about one customer in nine hundred has the same. */
export function search({ api, engine, customers, random }: World): Operation {
  const brands = Array.from({ length: 100 }, () => customers.next().name.slice(2, 4))
  return {
    name: 'search',
    baseline: 'Query of the tokens, then BatchGetItem of the records they lead to',
    rounds: [8, 5],
    perBlock: [20, 100],
    isWrite: false,
    ceiling: 3,
    api: () => {
      const path = `/v1/search?objects=customers&q=${encodeURIComponent(random.pick(brands))}`
      return () => api.send('GET', path)
    },
    engine: () => searchRaw(engine, random.pick(brands)),
  }
}

function searchRaw({ client, table, searchTable }: Engine, prefix: string): Call {
  const { pk } = tokenKey('customer', prefix, '')
  const tokens = new QueryCommand({
    TableName: searchTable,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': pk, ':prefix': prefix },
    Limit: 500,
  })
  return async () => {
    const { Items = [] } = await client.send(tokens)
    const keys = [...new Set(Items.map(item => String(item['id'])))].map(recordKey)
    const parts = Array.from({ length: Math.ceil(keys.length / readLimit) }, (_, i) =>
      keys.slice(i * readLimit, (i + 1) * readLimit),
    )
    const readPart = (Keys: typeof keys) =>
      client.send(new BatchGetCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }))
    await Promise.all(parts.map(readPart))
  }
}

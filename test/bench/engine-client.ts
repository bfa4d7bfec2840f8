import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import type { Step } from '#lib/store/transaction.ts'
import type { StackProcess } from './stack-process.ts'

/** A bare document client and the tables of records and of search tokens, as somebody would use them who has no CRM in between. */
export type Engine = { client: DynamoDBDocumentClient; table: string; searchTable: string }

/** Connects to the stack's DynamoDB with the SDK's defaults. */
export function connectEngine({ endpoints, tableNames }: StackProcess): Engine {
  const endpoint = endpoints['dynamodb']
  const table = tableNames['Records']
  const searchTable = tableNames['Search']
  if (endpoint === undefined || table === undefined || searchTable === undefined)
    throw new Error('The stack has no tables of records and search tokens')
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' }
  const base = new DynamoDBClient({ endpoint, region: 'ap-southeast-1', credentials })
  const client = DynamoDBDocumentClient.from(base, { marshallOptions: { removeUndefinedValues: true } })
  return { client, table, searchTable }
}

/** Reads an item by its key; throws when there is none. */
export async function readItem({ client, table }: Engine, key: { pk: string; sk: string }) {
  const { Item } = await client.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }))
  if (!Item) throw new Error(`No item ${key.pk} ${key.sk}`)
  return Item
}

/** Writes the items of the API's own write in one transaction. */
export function writeItems({ client }: Engine, steps: readonly Step[]): Promise<unknown> {
  return client.send(new TransactWriteCommand({ TransactItems: steps.map(({ item }) => item) }))
}

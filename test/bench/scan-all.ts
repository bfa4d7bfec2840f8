import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { startProgress } from './progress.ts'

/** 1,000 items a page, about 1 MB: without a limit the local engine reads all that is left of the table for each page. */
const Limit = 1000

/** Reads every item page by page with a bare document client, as somebody would who does nothing with them. Returns milliseconds. */
export async function scanAll(endpoint: string, TableName: string, expected?: number): Promise<number> {
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' }
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, region: 'ap-southeast-1', credentials }))
  const progress = startProgress('scanning', expected)
  let seen = 0
  let ExclusiveStartKey: Record<string, unknown> | undefined
  do {
    const page = await client.send(new ScanCommand({ TableName, ExclusiveStartKey, Limit }))
    seen += page.Items?.length ?? 0
    progress.at(seen)
    ExclusiveStartKey = page.LastEvaluatedKey
  } while (ExclusiveStartKey)
  client.destroy()
  if (expected !== undefined && seen !== expected) throw new Error(`The scan saw ${seen} of ${expected} items`)
  return progress.end()
}

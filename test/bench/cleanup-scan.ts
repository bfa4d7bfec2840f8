import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb'

/**
 * Reads all live customers and contacts page by page with a bare document client, as somebody would who does nothing with
 * them: the index that holds one item for each record. Returns milliseconds.
 */
export async function rawScan(client: DynamoDBDocumentClient, TableName: string, expected: number): Promise<number> {
  const started = performance.now()
  let seen = 0
  let ExclusiveStartKey: Record<string, unknown> | undefined
  do {
    const page = await client.send(new ScanCommand({ TableName, IndexName: 'byObject', ExclusiveStartKey }))
    for (const { byObjectPk } of page.Items ?? []) if (isCounted(String(byObjectPk))) seen += 1
    ExclusiveStartKey = page.LastEvaluatedKey
  } while (ExclusiveStartKey)
  if (seen !== expected) throw new Error(`The scan saw ${seen} of ${expected} records`)
  return performance.now() - started
}

function isCounted(partition: string): boolean {
  return /^(customer|contact)#/.test(partition)
}

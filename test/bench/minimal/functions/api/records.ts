import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb'

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}))

/** The least that a function on DynamoDB can be: what cold starts are measured against. */
export async function handler(key: { pk: string; sk: string }): Promise<{ statusCode: number; body: string }> {
  const answer = await client.send(new GetCommand({ TableName: process.env['TABLE_NAME'], Key: key }))
  return { statusCode: answer.Item ? 200 : 404, body: JSON.stringify(answer.Item) }
}

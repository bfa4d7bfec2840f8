import * as z from 'zod'

/** Calls one DynamoDB operation; throws a DynamoDbError for an error answer. */
export type DynamoDbClient = (operation: string, input: Record<string, unknown>) => Promise<Record<string, unknown>>

/** An error answer of DynamoDB; `code` is its short name, such as ResourceNotFoundException. */
export class DynamoDbError extends Error {
  readonly code: string
  readonly status: number

  constructor(code: string, status: number, message: string) {
    super(message)
    this.name = 'DynamoDbError'
    this.code = code
    this.status = status
  }
}

const errorBody = z.object({ __type: z.string().default('Unknown'), message: z.string().optional() })
const output = z.record(z.string(), z.unknown())

/** Makes a client for a local endpoint: a few dozen lines instead of the 15 MB that the SDK takes in this process. */
export function createDynamoDbClient(url: string, api: 'dynamodb' | 'streams' = 'dynamodb'): DynamoDbClient {
  const target = api === 'dynamodb' ? 'DynamoDB_20120810' : 'DynamoDBStreams_20120810'
  return async (operation, input) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `${target}.${operation}`,
        'x-amz-date': new Date().toISOString().replaceAll(/[-:]|\.\d+/g, ''),
        // The engine wants a well-formed signature, not a right one.
        authorization:
          'AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=local',
      },
      body: JSON.stringify(input),
    })
    const body: unknown = await response.json()
    if (response.ok) return output.parse(body)
    const { __type, message } = errorBody.parse(body)
    throw new DynamoDbError(__type.split('#').at(-1) ?? __type, response.status, message ?? __type)
  }
}

import { type DynamoDbClient, DynamoDbError } from './client.ts'
import type { Sidecar } from './sidecar.ts'
import type { TableDefinition } from './tables.ts'

/**
 * Deletes the expired items of a table, which the engine does not do by itself. Each deletion is conditional on still
 * being expired, as an item may be renewed meanwhile. Returns how many were deleted.
 */
export async function removeExpired(
  { call, sidecar }: { call: DynamoDbClient; sidecar: Sidecar },
  table: TableDefinition,
  nowMs = Date.now(),
): Promise<number> {
  const attribute = table.TimeToLiveSpecification?.AttributeName ?? ''
  const condition = {
    TableName: table.name,
    ConditionExpression: '#ttl <= :now',
    ExpressionAttributeNames: { '#ttl': attribute },
    ExpressionAttributeValues: { ':now': { N: String(Math.floor(nowMs / 1000)) } },
  }
  let removed = 0
  for (let items = sidecar.expired(table, nowMs); items.length > 0; items = sidecar.expired(table, nowMs)) {
    for (const item of items) if (await removeItem(call, { ...condition, Key: keyOf(item, table) })) removed++
  }
  return removed
}

async function removeItem(call: DynamoDbClient, input: Record<string, unknown>): Promise<boolean> {
  try {
    await call('DeleteItem', input)
    return true
  } catch (error) {
    if (error instanceof DynamoDbError && error.code === 'ConditionalCheckFailedException') return false
    throw error
  }
}

function keyOf(item: Record<string, unknown>, { KeySchema }: TableDefinition): Record<string, unknown> {
  return Object.fromEntries(KeySchema.map(({ AttributeName }) => [AttributeName, item[AttributeName]]))
}

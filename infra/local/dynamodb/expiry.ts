import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import type { DynamoDbClient } from './client.ts'
import { DynamoDbError } from './client.ts'
import type { TableDefinition } from './tables.ts'

const page = z.object({
  Items: z.array(z.record(z.string(), z.unknown())).default([]),
  LastEvaluatedKey: z.record(z.string(), z.unknown()).optional(),
})

/** Pause between pages of a scan, so that a sweep over a large table is not noticed. */
const pauseMs = 50

/**
 * Deletes the expired items of a table, which the engine does not do by itself. Each deletion is conditional on still
 * being expired, as an item may be renewed meanwhile. Returns how many were deleted.
 */
export async function removeExpired(
  call: DynamoDbClient,
  table: TableDefinition,
  options: { nowMs?: number; signal?: AbortSignal } = {},
): Promise<number> {
  const attribute = table.TimeToLiveSpecification?.Enabled ? table.TimeToLiveSpecification.AttributeName : undefined
  if (attribute === undefined) return 0
  const isExpired = {
    TableName: table.name,
    ExpressionAttributeNames: { '#ttl': attribute },
    ExpressionAttributeValues: { ':now': { N: String(Math.floor((options.nowMs ?? Date.now()) / 1000)) } },
  }
  let removed = 0
  let startKey: Record<string, unknown> | undefined
  do {
    const { Items, LastEvaluatedKey } = page.parse(
      await call('Scan', { ...isExpired, FilterExpression: '#ttl <= :now', ExclusiveStartKey: startKey }),
    )
    for (const item of Items) if (await removeItem(call, { ...isExpired, Key: keyOf(item, table) })) removed++
    startKey = LastEvaluatedKey
    if (startKey) await sleep(pauseMs)
  } while (startKey && !options.signal?.aborted)
  return removed
}

async function removeItem(call: DynamoDbClient, input: Record<string, unknown>): Promise<boolean> {
  try {
    await call('DeleteItem', { ...input, ConditionExpression: '#ttl <= :now' })
    return true
  } catch (error) {
    if (error instanceof DynamoDbError && error.code === 'ConditionalCheckFailedException') return false
    throw error
  }
}

function keyOf(item: Record<string, unknown>, { KeySchema }: TableDefinition): Record<string, unknown> {
  return Object.fromEntries(KeySchema.map(({ AttributeName }) => [AttributeName, item[AttributeName]]))
}

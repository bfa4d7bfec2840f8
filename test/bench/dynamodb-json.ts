/** An item in DynamoDB JSON; members that are undefined are left out. */
export function membersToDynamoDbJson(item: Record<string, unknown>): Record<string, unknown> {
  const members = Object.entries(item).filter(([, value]) => value !== undefined)
  return Object.fromEntries(members.map(([name, value]) => [name, toDynamoDbJson(value)]))
}

/** A value in DynamoDB JSON, as the SDK's document client would send it. */
function toDynamoDbJson(value: unknown): Record<string, unknown> {
  if (typeof value === 'string') return { S: value }
  if (typeof value === 'number') return { N: String(value) }
  if (typeof value === 'boolean') return { BOOL: value }
  if (value === null) return { NULL: true }
  if (Array.isArray(value)) return { L: value.map(toDynamoDbJson) }
  return { M: membersToDynamoDbJson(Object(value)) }
}

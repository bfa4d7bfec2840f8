import { DeleteTableCommand, ListTablesCommand, waitUntilTableNotExists } from '@aws-sdk/client-dynamodb'
import { unavailable } from '#lib/errors.ts'
import { isOutage } from '#lib/runtime/outage.ts'
import { openTable } from '#lib/store/table.ts'

/** 60 s: deleting a table takes some seconds. */
const longestS = 60

/** Names of the tables that begin so. */
export async function listTables(prefix: string): Promise<string[]> {
  const { client } = openTable(prefix)
  const names: string[] = []
  for (let after: string | undefined, isFirst = true; isFirst || after !== undefined; isFirst = false) {
    const page = await client.send(new ListTablesCommand({ ExclusiveStartTableName: after ?? prefix }))
    const found = (page.TableNames ?? []).filter(name => name.startsWith(prefix))
    names.push(...found)
    // Tables come in the order of their names.
    after = found.length === page.TableNames?.length ? page.LastEvaluatedTableName : undefined
  }
  return names
}

/**
 * Deletes a table and waits until it is gone; one that is gone already is no error.
 * @throws CrmError `unavailable` while it is being imported, or DynamoDB does not answer; deleting again is safe.
 */
export async function deleteTable(name: string): Promise<void> {
  const { client } = openTable(name)
  try {
    await client.send(new DeleteTableCommand({ TableName: name }))
    await waitUntilTableNotExists({ client, maxWaitTime: longestS, minDelay: 1, maxDelay: 5 }, { TableName: name })
  } catch (error) {
    if (!(error instanceof Error)) throw error
    if (error.name === 'ResourceNotFoundException') return
    if (error.name === 'ResourceInUseException' || error.name === 'TimeoutError' || isOutage(error))
      throw unavailable(`The table ${name} cannot be deleted yet. Deleting it again is safe.`, error)
    throw error
  }
}

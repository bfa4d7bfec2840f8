import { ConditionalCheckFailedException, TransactionConflictException } from '@aws-sdk/client-dynamodb'
import { BatchGetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Checked, StoredRecord } from '#lib/store/items.ts'
import { recordKey } from '#lib/store/keys.ts'
import { readRecords } from '#lib/store/read.ts'
import { metered, type Store } from '#lib/store/table.ts'
import { isJsonObject } from '#schemas/json.ts'

/**
 * Notes with a record what its surroundings tell about it. No new version, no change, no event: the record's next write drops the note.
 * @returns false when the record has another version by now, is being changed, or is gone: the note would be about what it no longer is.
 */
export async function writeChecked(
  store: Store,
  { id, version }: Pick<StoredRecord, 'id' | 'version'>,
  checked: Checked,
): Promise<boolean> {
  const { table } = store
  const command = new UpdateCommand({
    TableName: table.name,
    Key: recordKey(id),
    UpdateExpression: 'SET #checked = :checked',
    ConditionExpression: '#version = :version',
    ExpressionAttributeNames: { '#checked': 'checked', '#version': 'version' },
    ExpressionAttributeValues: { ':checked': checked, ':version': version },
    ReturnConsumedCapacity: 'TOTAL',
  })
  try {
    await metered(store, 'write', () => table.client.send(command))
    return true
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException || error instanceof TransactionConflictException) return false
    throw error
  }
}

/** How a record stands to those that refer to it; `disabled`: a user who may no longer sign in. */
export type Standing = 'active' | 'disabled' | 'gone'

/** 100: DynamoDB's ceiling for a BatchGetItem. */
const batchLimit = 100

/**
 * How the records with those ids stand; those that do not exist or are in the recycle bin are absent. Reads only what it
 * needs, eventually consistent, and looks again, strongly consistent, at what seems to be gone.
 */
export async function readStandings(store: Store, ids: readonly string[]): Promise<Map<string, Standing>> {
  const pages = Array.from({ length: Math.ceil(ids.length / batchLimit) }, (_, i) =>
    readItems(store, ids.slice(i * batchLimit, (i + 1) * batchLimit)),
  )
  const standings = new Map((await Promise.all(pages)).flat().flatMap(standingOf))
  const doubtful = ids.filter(id => !standings.has(id))
  for (const record of (await readRecords(store, doubtful)).values())
    for (const [id, standing] of standingOf(record)) standings.set(id, standing)
  return standings
}

function standingOf(item: Record<string, unknown>): [string, Standing][] {
  const { id, deletedAt, mergedInto, fields } = item
  if (typeof id !== 'string' || (deletedAt !== undefined && mergedInto === undefined)) return []
  return [[id, isJsonObject(fields) && fields['status'] === 'disabled' ? 'disabled' : 'active']]
}

async function readItems(store: Store, ids: readonly string[]): Promise<Record<string, unknown>[]> {
  const { table } = store
  const command = new BatchGetCommand({
    RequestItems: {
      [table.name]: {
        Keys: ids.map(recordKey),
        ProjectionExpression: '#id, #deletedAt, #mergedInto, #fields.#status',
        ExpressionAttributeNames: {
          '#id': 'id',
          '#deletedAt': 'deletedAt',
          '#mergedInto': 'mergedInto',
          '#fields': 'fields',
          '#status': 'status',
        },
      },
    },
    ReturnConsumedCapacity: 'TOTAL',
  })
  // What the table leaves out under load is looked at again with what seems to be gone.
  const answer = await metered(store, 'read', () => table.client.send(command))
  return answer.Responses?.[table.name] ?? []
}

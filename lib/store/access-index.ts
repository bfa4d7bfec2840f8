import { TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { unavailable } from '#lib/errors.ts'
import { pauseMs } from '#lib/store/backoff.ts'
import { writeBatches } from '#lib/store/batch-write.ts'
import type { Key } from '#lib/store/keys.ts'
import type { AccessIndexName } from '#lib/store/query.ts'
import { metered, type Store } from '#lib/store/table.ts'

/** What the index keeps of an access; the log file has all of it. */
export type AccessEntry = {
  eventId: string
  requestId: string
  /** RFC 3339 UTC with milliseconds. */
  at: string
  action: string
  actor: { type: string; id: string; name?: string; role?: string; via?: string }
  sourceIp: string
  userAgent: string
  readOnly: boolean
  status?: number
  errorCode?: string
  /** Records that were asked for or shown: the first 20, and how many there were. */
  records: string[]
  recordCount: number
  /** Key of the log file. */
  file: string
}

/** An item of the index of accesses: its key, when it expires (in seconds), and the entry. */
export type AccessItem = Key & { ttl: number; entry: AccessEntry }

/** An access with the log file that it is to be written to, and what else it is found by. */
export type Claim = AccessItem & { file: string } & { [Index in AccessIndexName as `${Index}Pk`]?: string }

/** 100: DynamoDB's ceiling for a transaction. */
const claimLimit = 100
const maxTries = 8

/**
 * Says for each access which log file it goes to, unless that was said before.
 * @param from moves accesses from that file to their new one, instead of claiming new ones.
 * @returns the file of each, in order: the own one, or the one that was there first.
 * @throws CrmError `unavailable` when the table stays overloaded.
 */
export async function claimAccesses(store: Store, claims: readonly Claim[], from?: string): Promise<string[]> {
  const files: string[] = []
  for (let start = 0; start < claims.length; start += claimLimit)
    files.push(...(await claimSome(store, claims.slice(start, start + claimLimit), from)))
  return files
}

/** What is refused is left out and the rest tried again: all of it is one transaction. */
async function claimSome(store: Store, claims: readonly Claim[], from: string | undefined): Promise<string[]> {
  const taken = new Map<string, string>()
  for (let attempt = 0; ; attempt++) {
    const left = claims.filter(({ sk }) => !taken.has(sk))
    if (left.length === 0) break
    const refused = await tryClaim(store, left, from)
    if (refused === 'all are in') break
    for (const [sk, file] of refused) taken.set(sk, file)
    if (attempt === maxTries) throw unavailable('The index of accesses is overloaded. Retrying is safe.')
    if (refused.size === 0) await pauseMs(attempt + 1)
  }
  return claims.map(({ sk, file }) => taken.get(sk) ?? file)
}

async function tryClaim(
  store: Store,
  claims: readonly Claim[],
  from: string | undefined,
): Promise<Map<string, string> | 'all are in'> {
  const command = new TransactWriteCommand({
    TransactItems: claims.map(claim => ({ Put: putOf(store.table.name, claim, from) })),
    ReturnConsumedCapacity: 'TOTAL',
  })
  try {
    await metered(store, 'write', () => store.table.client.send(command))
    return 'all are in'
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error
    const reasons = error.CancellationReasons ?? []
    return new Map(
      claims.flatMap(({ sk }, i) => {
        const file = reasons[i]?.Code === 'ConditionalCheckFailed' ? reasons[i]?.Item?.['file']?.S : undefined
        return file === undefined ? [] : [[sk, file] as const]
      }),
    )
  }
}

function putOf(TableName: string, claim: Claim, from: string | undefined) {
  const put = { TableName, Item: claim, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const }
  if (from === undefined) return { ...put, ConditionExpression: 'attribute_not_exists(pk)' }
  return {
    ...put,
    ConditionExpression: '#file = :from',
    ExpressionAttributeNames: { '#file': 'file' },
    ExpressionAttributeValues: { ':from': from },
  }
}

/** The entry in an item of the index. */
export function toAccessEntry(item: Record<string, unknown>): AccessEntry {
  return item['entry'] as AccessEntry
}

/** Writes entries of the index; of several with one key the last stays. */
export async function writeAccessItems(store: Store, items: readonly AccessItem[]): Promise<void> {
  const byKey = new Map(items.map(item => [`${item.pk}\n${item.sk}`, item]))
  const puts = [...byKey.values()].map(Item => ({ PutRequest: { Item } }))
  await writeBatches(store, puts, 'The index of accesses is overloaded. Retrying is safe.')
}

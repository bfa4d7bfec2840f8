import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb'
import {
  PutCommand,
  type PutCommandInput,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { batchGet } from '#lib/store/read.ts'
import { metered, type Store } from '#lib/store/table.ts'

/**
 * What a record is indexed by: its tokens, made by a scheme. `revision` counts the notes of the record. `strays` may be there
 * too: tokens of an update that gave up half-way.
 */
export type Indexed = { revision: number; scheme: number; tokens: string[]; strays?: string[] }

/** A note to write, in the place of the one with the revision that was read; none: there must be none. */
export type Note = Indexed & { id: string; replaces: number | undefined }

/** What the index as a whole says of itself. */
export type IndexStatus = {
  /** Scheme of its tokens: the oldest that may be in it. */
  scheme?: number
  /** Time of the newest change that it holds, and how long that change took to get there. */
  through?: string
  lagMs?: number
}

/** 50 notes a transaction: half of DynamoDB's ceiling, and far from its 4 MB. */
const notesAtOnce = 50

/** What each of up to 100 records is indexed by now. A note of the first release has neither revision nor scheme: 0 and 1. */
export async function readIndexed(store: Store, ids: readonly string[]): Promise<Map<string, Indexed>> {
  if (ids.length === 0) return new Map()
  const items = await batchGet(store, ids.map(noteKey))
  return new Map(items.map(item => [String(item['id']), toIndexed(item)]))
}

/** Notes what records are indexed by; returns the ids of those whose note was changed by another meanwhile. */
export async function writeNotes(store: Store, notes: readonly Note[]): Promise<string[]> {
  const refused: string[] = []
  for (let start = 0; start < notes.length; start += notesAtOnce) {
    const some = notes.slice(start, start + notesAtOnce)
    if (some.length > 1 && (await isWritten(store, some))) continue
    for (const note of some) if (!(await isPut(store, notePut(store, note)))) refused.push(note.id)
  }
  return refused
}

/**
 * Notes tokens that may lead to a record without being noted. It never waits for others: whoever writes the next note
 * has to start from this one, and sets them right.
 */
export async function noteStrays(
  store: Store,
  { id, scheme, strays }: { id: string; scheme: number; strays: ReadonlySet<string> },
): Promise<void> {
  if (strays.size === 0) return
  const command = new UpdateCommand({
    TableName: store.table.name,
    Key: noteKey(id),
    UpdateExpression:
      'SET id = :id, #tokens = if_not_exists(#tokens, :none), #scheme = if_not_exists(#scheme, :scheme) ADD strays :strays, revision :one',
    ExpressionAttributeNames: { '#tokens': 'tokens', '#scheme': 'scheme' },
    ExpressionAttributeValues: { ':id': id, ':none': [], ':scheme': scheme, ':strays': new Set(strays), ':one': 1 },
    ReturnConsumedCapacity: 'TOTAL',
  })
  await metered(store, 'write', () => store.table.client.send(command))
}

/** Reads what the index says of itself. */
export async function readIndexStatus(store: Store): Promise<IndexStatus> {
  const command = new QueryCommand({
    TableName: store.table.name,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': statusPartition },
    ReturnConsumedCapacity: 'TOTAL',
  })
  const answer = await metered(store, 'read', () => store.table.client.send(command))
  const { pk: _pk, sk: _sk, ...status } = Object.assign({}, ...(answer.Items ?? []))
  return status
}

/** Notes the newest change that the index holds; an older one than is noted changes nothing. */
export async function noteThrough(store: Store, status: { through: string; lagMs: number }): Promise<void> {
  await isPut(store, {
    TableName: store.table.name,
    Item: { pk: statusPartition, sk: 'through', ...status },
    ConditionExpression: 'attribute_not_exists(pk) OR through < :through',
    ExpressionAttributeValues: { ':through': status.through },
  })
}

/** Notes the scheme of the index's tokens; with `onlyFirst` it keeps what was noted before. */
export async function noteScheme(store: Store, scheme: number, { onlyFirst }: { onlyFirst: boolean }): Promise<void> {
  await isPut(store, {
    TableName: store.table.name,
    Item: { pk: statusPartition, sk: 'scheme', scheme },
    ...(onlyFirst && { ConditionExpression: 'attribute_not_exists(pk)' }),
  })
}

/** One page of everything in the search table, keys only; `next` starts the page after it. */
export async function scanSearchKeys(
  store: Store,
  after?: Record<string, unknown>,
): Promise<{ keys: { pk: string; sk: string }[]; next?: Record<string, unknown> }> {
  const command = new ScanCommand({
    TableName: store.table.name,
    ProjectionExpression: 'pk, sk',
    Limit: 2_000,
    ...(after && { ExclusiveStartKey: after }),
    ReturnConsumedCapacity: 'TOTAL',
  })
  const answer = await metered(store, 'read', () => store.table.client.send(command))
  const keys = (answer.Items ?? []) as { pk: string; sk: string }[]
  return answer.LastEvaluatedKey ? { keys, next: answer.LastEvaluatedKey } : { keys }
}

/** Where the note of a record stands. */
export function noteKey(id: string) {
  return { pk: `R#${id}`, sk: 'A' }
}

const statusPartition = 'STATUS'

function toIndexed({ revision, scheme, tokens, strays }: Record<string, unknown>): Indexed {
  const indexed = { revision: Number(revision ?? 0), scheme: Number(scheme ?? 1), tokens: tokens as string[] }
  return strays ? { ...indexed, strays: [...(strays as Set<string>)] } : indexed
}

function notePut(store: Store, { id, replaces, ...indexed }: Note): PutCommandInput {
  const Item = { ...noteKey(id), id, ...indexed }
  const table = { TableName: store.table.name, Item }
  if (replaces === undefined) return { ...table, ConditionExpression: 'attribute_not_exists(pk)' }
  // A note of the first release has no revision: it counts as 0.
  const same = replaces === 0 ? 'attribute_not_exists(revision)' : 'revision = :replaces'
  const values = replaces === 0 ? {} : { ExpressionAttributeValues: { ':replaces': replaces } }
  return { ...table, ConditionExpression: `attribute_exists(pk) AND ${same}`, ...values }
}

/** All or none; none is no failure, since each can be tried alone. */
async function isWritten(store: Store, notes: readonly Note[]): Promise<boolean> {
  const command = new TransactWriteCommand({
    TransactItems: notes.map(note => ({ Put: notePut(store, note) })) as never,
    ReturnConsumedCapacity: 'TOTAL',
  })
  try {
    await metered(store, 'write', () => store.table.client.send(command))
    return true
  } catch (error) {
    if (error instanceof TransactionCanceledException) return false
    throw error
  }
}

async function isPut(store: Store, input: PutCommandInput): Promise<boolean> {
  const command = new PutCommand({ ...input, ReturnConsumedCapacity: 'TOTAL' })
  try {
    await metered(store, 'write', () => store.table.client.send(command))
    return true
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException || error instanceof TransactionConflictException) return false
    throw error
  }
}

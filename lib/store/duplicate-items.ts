import type { Key } from '#lib/store/keys.ts'
import { type IndexName, readRows, readSlice } from '#lib/store/query.ts'
import { getItem } from '#lib/store/read.ts'
import type { Store } from '#lib/store/table.ts'
import type { Step } from '#lib/store/transaction.ts'

/** Why two records look alike. */
export type PairReason = { field: string; code: string; detail: string; weight: number }

/** What is known of two records: kept twice, once with each, so that either finds the other. */
export type StoredPair = {
  id: string
  other: string
  /** `likely`: one thing, it seems. `refused`: somebody said they are two. `gone`: no longer alike, kept for its memory. */
  state: 'likely' | 'refused' | 'gone'
  score: number
  verdict: 'merge' | 'suggest'
  reasons: PairReason[]
  /** A merge of the two was undone: never to be made again without a person. */
  isUndone?: boolean
  decidedBy?: string
  decidedAt?: string
}

/** Records that are likely one thing, and what somebody decided about them. */
export type StoredGroup = {
  id: string
  object: string
  status: 'open' | 'merged' | 'notDuplicate'
  /** Ids in rising order; the group's id is made of them. */
  members: string[]
  score: number
  verdict: 'merge' | 'suggest'
  reasons: PairReason[]
  survivor?: string
  merges?: string[]
  decidedBy?: string
  decidedAt?: string
}

const index: IndexName = 'byObject'

/** The pairs of a record, and the ids of the open groups that name it. */
export async function readDuplicateNotes(
  store: Store,
  id: string,
): Promise<{ pairs: StoredPair[]; groupIds: string[] }> {
  const pairs: StoredPair[] = []
  const groupIds: string[] = []
  for await (const { sort, item } of readRows(store, { pk: noteKey(id) }, { batch: 200 })) {
    if (sort.startsWith('P#')) pairs.push(withoutKeys(item) as StoredPair)
    if (sort.startsWith('G#')) groupIds.push(sort.slice(2))
  }
  return { pairs, groupIds }
}

/** A group by its id. */
export async function readGroup(store: Store, id: string): Promise<StoredGroup | undefined> {
  const item = await getItem(store, { pk: noteKey(id), sk: 'A' })
  return item && (withoutKeys(item) as StoredGroup)
}

/** Groups of an object with a status: open ones by score, decided ones by time, the highest first. */
export async function readGroups(
  store: Store,
  list: { object: string; status: StoredGroup['status'] },
  slice: { limit: number; after?: string | undefined },
): Promise<{ groups: { sort: string; group: StoredGroup }[]; isLast: boolean }> {
  const partition = { index, pk: listKey(list.object, list.status) }
  const { rows, isLast } = await readSlice(store, partition, { ...slice, descending: true })
  return { groups: rows.map(({ sort, item }) => ({ sort, group: withoutKeys(item) as StoredGroup })), isLast }
}

/** All open groups of an object, the highest score first. */
export async function* readOpenGroups(store: Store, object: string): AsyncGenerator<StoredGroup> {
  const partition = { index, pk: listKey(object, 'open') }
  for await (const { item } of readRows(store, partition, { batch: 500, descending: true }))
    yield withoutKeys(item) as StoredGroup
}

/** Where one half of a pair stands: with `id`. */
export function pairKey({ id, other }: Pick<StoredPair, 'id' | 'other'>): Key {
  return { pk: noteKey(id), sk: `P#${other}` }
}

/** Writes one half of a pair; `likely` never takes the place of `refused`. */
export function putPair(tableName: string, pair: StoredPair): Step {
  const put = { TableName: tableName, Item: { ...pairKey(pair), ...pair } }
  const guard = {
    ConditionExpression: 'attribute_not_exists(pk) OR #state <> :refused',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: { ':refused': 'refused' },
  }
  return step(pair.id, { Put: pair.state === 'refused' ? put : { ...put, ...guard } })
}

/** Removes one half of a pair, unless it was refused meanwhile. */
export function dropPair(tableName: string, { id, other }: Pick<StoredPair, 'id' | 'other'>): Step {
  return step(id, {
    Delete: {
      TableName: tableName,
      Key: pairKey({ id, other }),
      ConditionExpression: 'attribute_not_exists(pk) OR #state <> :refused',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':refused': 'refused' },
    },
  })
}

/** Writes a group. One that is found again never takes the place of one that somebody said is none. */
export function putGroup(tableName: string, group: StoredGroup): Step {
  const listed = {
    byObjectPk: listKey(group.object, group.status),
    byObjectSk: `${group.decidedAt ?? group.score.toFixed(6)}#${group.id}`,
  }
  const put = { TableName: tableName, Item: { pk: noteKey(group.id), sk: 'A', ...group, ...listed } }
  const guard = {
    ConditionExpression: 'attribute_not_exists(pk) OR #status <> :notDuplicate',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: { ':notDuplicate': 'notDuplicate' },
  }
  return step(group.id, { Put: group.status === 'open' ? { ...put, ...guard } : put })
}

/** Removes a group that is still open. */
export function dropGroup(tableName: string, id: string): Step {
  return step(id, {
    Delete: {
      TableName: tableName,
      Key: { pk: noteKey(id), sk: 'A' },
      ConditionExpression: 'attribute_not_exists(pk) OR #status = :open',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':open': 'open' },
    },
  })
}

/** Notes with a record that an open group names it. */
export function putMembership(tableName: string, id: string, groupId: string): Step {
  return step(id, { Put: { TableName: tableName, Item: { pk: noteKey(id), sk: `G#${groupId}` } } })
}

/** Forgets that a group names a record. */
export function dropMembership(tableName: string, id: string, groupId: string): Step {
  return step(id, { Delete: { TableName: tableName, Key: { pk: noteKey(id), sk: `G#${groupId}` } } })
}

function step(id: string, item: Step['item']): Step {
  return { purpose: { kind: 'record', id, operation: 0 }, item }
}

function noteKey(id: string): string {
  return `D#${id}`
}

function listKey(object: string, status: StoredGroup['status']): string {
  return `duplicates#${object}#${status}`
}

function withoutKeys(item: Record<string, unknown>): Record<string, unknown> {
  const { pk: _pk, sk: _sk, byObjectPk: _list, byObjectSk: _place, ...rest } = item
  return rest
}

import { createHash } from 'node:crypto'

/** Primary key of an item. */
export type Key = { pk: string; sk: string }

/** The record as it is now. */
export function recordKey(id: string): Key {
  return { pk: `R#${id}`, sk: 'A' }
}

/** One change of a record; versions are padded so that text order is number order. */
export function changeKey(id: string, version: number): Key {
  return { pk: `R#${id}`, sk: changeSort(version) }
}

/** Sort key of a change. */
export function changeSort(version: number): string {
  return `V#${String(version).padStart(10, '0')}`
}

/** Holds a unique value for one record. */
export function uniqueKey(object: string, field: string, value: string): Key {
  return { pk: `U#${object}#${field}#${bounded(value)}`, sk: 'A' }
}

/** Partition of all records that share a match key. */
export function matchPartition(object: string, kind: string, value: string): string {
  return `M#${object}#${kind}#${bounded(value)}`
}

/** What a request with an Idempotency-Key did. */
export function idempotencyItemKey(key: string): Key {
  return { pk: `I#${key}`, sk: 'A' }
}

/** Lists of the byObject index; `all`: what people list. */
export type ListName = 'all' | 'trash' | 'merged'

/** Partition of the byObject index that a record's list entry stands in. */
export function objectPartition(object: string, shard: number, list: ListName): string {
  return `${list === 'all' ? '' : `${list}#`}${object}#${shard}`
}

/** Partition of the byOwner index. */
export function ownerPartition(ownerId: string, object: string): string {
  return `${ownerId}#${object}`
}

/** The list shard of a record: spreads one object's writes over partitions, always the same for an id. */
export function shardOf(id: string, shards: number): number {
  return shards === 1 ? 0 : createHash('sha1').update(id).digest().readUInt32BE(0) % shards
}

/** A key part is at most 2,048 bytes of valid Unicode (DynamoDB); a long value stands in by its hash. */
function bounded(text: string): string {
  const value = text.toWellFormed()
  if (Buffer.byteLength(value) <= 512) return value
  return `sha256:${createHash('sha256').update(value).digest('hex')}`
}

import { createHash } from 'node:crypto'

/** 20,000 items of a backup, about 20 MB of JSON, are held in memory at a time. */
const itemsAtOnce = 20_000

/** How many partitions the records of so many items are shared out over. */
export function partitionsFor(items: number): number {
  return Math.max(1, Math.ceil(items / itemsAtOnce))
}

/** The partition of a record, always the same for an id. */
export function partitionOf(id: string, partitions: number): number {
  return partitions === 1 ? 0 : createHash('sha1').update(id).digest().readUInt32BE(0) % partitions
}
